namespace TickStore.Core;

/// <summary>Name and type of a column, and whether it may hold NULL. Names keep their case and compare without it.</summary>
public sealed record ColumnSchema(string Name, DataType Type, bool Nullable = true);
