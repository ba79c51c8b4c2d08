using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>The constant parameters of a function.</summary>
/// <param name="Rows">A number of rows.</param>
/// <param name="Weight">The weight of a new value in an exponential average.</param>
internal readonly record struct FactorOptions(int Rows = 0, double Weight = 0);

/// <summary>The state of one key of a function whose state has a fixed size; zero bytes are the state before the first row.</summary>
internal interface IRowFactor
{
    /// <summary>Takes the next row's arguments; false where the result is NULL. Arguments that the function lacks repeat the
    /// first.</summary>
    bool Next(double a, double b, double c, double d, in FactorOptions options, out double result);
}

/// <summary>Runs an <see cref="IRowFactor"/>: a loop over rows that is compiled for it.</summary>
internal sealed class RowFactor<TState>(FactorOptions options, EvaluationContext context) : StatefulState
    where TState : unmanaged, IRowFactor
{
    private readonly FactorOptions options = options;
    private readonly GroupArray<TState> states = new(context.Pool);

    public override void EnsureSlots(int slotCount) => states.EnsureCount(slotCount);

    public override void Update(in FactorRows rows, ColumnVector result)
    {
        var arguments = rows.Arguments;
        var target = new FactorWriter(result, rows.Slots.Length);
        if (arguments.Length == 1)
        {
            UpdateOne(rows, arguments[0].Values<double>(), ref target);
            return;
        }

        var slots = rows.Slots;
        var a = arguments[0].Values<double>()[..slots.Length];
        var b = arguments[1].Values<double>()[..slots.Length];
        var c = arguments.Length > 2 ? arguments[2].Values<double>()[..slots.Length] : a;
        var d = arguments.Length > 3 ? arguments[3].Values<double>()[..slots.Length] : a;
        var all = states.Values;
        var local = options;
        for (var i = 0; i < slots.Length; i++)
        {
            if (rows.HasValue(i) && all[slots[i]].Next(a[i], b[i], c[i], d[i], local, out var value))
            {
                target.Set(i, value);
            }
            else
            {
                target.SetNull(i);
            }
        }
    }

    private void UpdateOne(in FactorRows rows, ReadOnlySpan<double> values, ref FactorWriter target)
    {
        var slots = rows.Slots;
        var validity = rows.Validity;
        var all = states.Values;
        var local = options;
        for (var i = 0; i < slots.Length; i++)
        {
            var x = values[i];
            if ((validity.IsEmpty || validity[i] != 0) && all[slots[i]].Next(x, x, x, x, local, out var value))
            {
                target.Set(i, value);
            }
            else
            {
                target.SetNull(i);
            }
        }
    }

    public override void Reset(int slot) => states.Values[slot] = default;

    public override void Save(StateWriter writer) => writer.WriteSpan<TState>(states.Values);

    public override void Load(StateReader reader)
    {
        var saved = reader.ReadSpan<TState>();
        states.EnsureCount(saved.Length);
        saved.CopyTo(states.Values);
    }

    public override int SlotBytes(int slot) => Unsafe.SizeOf<TState>();

    public override int CopyOut(int slot, Span<byte> target)
    {
        MemoryMarshal.Write(target, states.Values[slot]);
        return Unsafe.SizeOf<TState>();
    }

    public override int CopyIn(int slot, ReadOnlySpan<byte> source)
    {
        states.Values[slot] = MemoryMarshal.Read<TState>(source);
        return Unsafe.SizeOf<TState>();
    }

    public override void Dispose()
    {
        states.Dispose();
        base.Dispose();
    }
}
