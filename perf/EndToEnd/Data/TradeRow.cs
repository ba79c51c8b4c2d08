using TickStore.Core;

namespace TickStore.EndToEnd.Data;

/// <summary>A trade as a program with its own row type would write it.</summary>
internal readonly record struct TradeRow(TickTime Ts, string Sym, decimal Px, int Qty, bool Side);
