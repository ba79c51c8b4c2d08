using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// All morsels of an operator, one after the other, on the caller's own thread: no copy, nothing read ahead.
/// </summary>
internal sealed class MorselSequence(QueryRun run, PhysicalOperator input) : IBatchReader
{
    private IBatchReader? reader;
    private int nextMorsel;

    /// <summary>A reader over all rows in order: with threads that read ahead if they are worth it.</summary>
    public static IBatchReader Open(QueryRun run, PhysicalOperator input)
    {
        var workerCount = run.WorkersFor(input);
        return workerCount == 1 && !run.IsHandedOver
            ? new MorselSequence(run, input)
            : new MorselQueues(run, input, workerCount);
    }

    /// <inheritdoc/>
    public Batch? Next()
    {
        while (true)
        {
            run.ThrowIfCancelled();
            if (reader is null)
            {
                if (nextMorsel >= input.MorselCount)
                {
                    return null;
                }

                reader = input.OpenMorsel(nextMorsel++);
            }

            if (reader.Next() is { } batch)
            {
                return batch;
            }

            reader.Dispose();
            reader = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        reader?.Dispose();
        reader = null;
        nextMorsel = int.MaxValue;
    }
}
