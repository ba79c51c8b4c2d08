using System.Numerics.Tensors;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Runs the calls of a <see cref="ContextNode"/> over batches, one call after the other, a whole batch at a time. The states of a
/// key lie in a slot; the batch form and the incremental form differ only in how they give out slots. For one thread.
/// </summary>
internal sealed class ContextProgram : IDisposable
{
    private readonly ContextNode node;
    private readonly EvaluationContext context;
    private readonly ExpressionSet time;
    private readonly ContextArguments arguments;
    private readonly StatefulState[] states;
    private readonly ColumnVector[] results;
    private readonly Batch view;
    private byte[] validity = new byte[Batch.VectorRows];

    public ContextProgram(ContextNode node, EvaluationContext context)
    {
        this.node = node;
        this.context = context;
        time = new ExpressionSet([node.Time], context);
        arguments = new ContextArguments(node, context);
        states = [.. node.Calls.Select(c => c.Function.CreateState(context))];
        results =
        [
            .. node.Calls.Select(c => ColumnVector.Allocate(c.Function.ReturnType, Batch.VectorRows, context.Pool)),
        ];
        view = Batch.CreateView(node.Schema);
    }

    /// <summary>How many slots there are.</summary>
    public int SlotCount { get; private set; }

    /// <summary>Makes sure that slots 0 to <paramref name="slotCount"/> - 1 exist.</summary>
    public void EnsureSlots(int slotCount)
    {
        if (slotCount <= SlotCount)
        {
            return;
        }

        // In strides, for each state grows by itself.
        SlotCount = Math.Max(slotCount, Math.Min(SlotCount * 2, SlotCount + 1024));
        foreach (var state in states)
        {
            state.EnsureSlots(SlotCount);
        }
    }

    /// <summary>Forgets what a slot has seen.</summary>
    public void Reset(int slot)
    {
        foreach (var state in states)
        {
            state.Reset(slot);
        }
    }

    /// <summary>How many bytes <see cref="CopyOut"/> writes for a slot.</summary>
    public int SlotBytes(int slot)
    {
        var bytes = 0;
        foreach (var state in states)
        {
            bytes += state.SlotBytes(slot);
        }

        return bytes;
    }

    /// <summary>Writes what a slot has seen, for a snapshot.</summary>
    public void CopyOut(int slot, Span<byte> target)
    {
        foreach (var state in states)
        {
            target = target[state.CopyOut(slot, target)..];
        }
    }

    /// <summary>
    /// Puts what <see cref="CopyOut"/> wrote, perhaps in another program of the same node, in the place of what a slot has seen.
    /// </summary>
    public void CopyIn(int slot, ReadOnlySpan<byte> source)
    {
        foreach (var state in states)
        {
            source = source[state.CopyIn(slot, source)..];
        }
    }

    /// <summary>
    /// Takes rows, in order within each slot, and gives the node's columns for them: on loan until the next call, and no longer than the
    /// input.
    /// </summary>
    public Batch Run(Batch input, ReadOnlySpan<int> slots) => Run(input, slots, null, null);

    /// <summary>Like <see cref="Run(Batch, ReadOnlySpan{int})"/>, and tells what the calls have been given.</summary>
    public Batch Run(Batch input, ReadOnlySpan<int> slots, ContextSettling? behind, ContextSettling? ahead)
    {
        var width = input.ColumnCount;
        for (var i = 0; i < width; i++)
        {
            view[i].Borrow(input[i], 0, input.RowCount);
        }

        view.SetRowCount(input.RowCount);
        var times = time.Evaluate(input)[0].Values<long>()[..input.RowCount];
        arguments.Begin(view);
        for (var i = 0; i < states.Length; i++)
        {
            var vectors = arguments.Of(i);
            var present = ValidityOf(vectors, input.RowCount);
            behind?.Take(i, times, present);
            ahead?.Take(i, times, present);
            states[i]
                .Update(
                    new FactorRows
                    {
                        Arguments = vectors,
                        Slots = slots,
                        Times = times,
                        Validity = present,
                    },
                    results[i]
                );
            view[width + i].Borrow(results[i], 0, input.RowCount);
        }

        behind?.EndRows(input.RowCount);
        ahead?.EndRows(input.RowCount);

        return view;
    }

    /// <summary>Writes the states.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(SlotCount);
        foreach (var state in states)
        {
            state.Save(writer);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote, into a program that has seen no row.</summary>
    public void Load(StateReader reader)
    {
        SlotCount = reader.Read<int>();
        foreach (var state in states)
        {
            state.EnsureSlots(SlotCount);
            state.Load(reader);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        time.Dispose();
        arguments.Dispose();
        foreach (var state in states)
        {
            state.Dispose();
        }

        foreach (var result in results)
        {
            result.Dispose();
        }
    }

    private ReadOnlySpan<byte> ValidityOf(ReadOnlySpan<ColumnVector> vectors, int rowCount)
    {
        var merged = false;
        foreach (var vector in vectors)
        {
            if (!vector.MayHaveNulls)
            {
                continue;
            }

            if (validity.Length < rowCount)
            {
                validity = new byte[rowCount];
            }

            var target = validity.AsSpan(0, rowCount);
            if (merged)
            {
                TensorPrimitives.BitwiseAnd(vector.Validity[..rowCount], target, target);
            }
            else
            {
                vector.Validity[..rowCount].CopyTo(target);
                merged = true;
            }
        }

        return merged ? validity.AsSpan(0, rowCount) : default;
    }
}
