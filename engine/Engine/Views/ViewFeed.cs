using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Engine.Views;

/// <summary>
/// Brings a view that is being made up to a view that it reads, while that one goes on: first everything that it has, then what has changed
/// since. Made, swapped and stopped while commits are paused.
/// </summary>
internal sealed class ViewFeed : IChangeListener, IDisposable
{
    private readonly View source;
    private readonly View target;
    private readonly int input;
    private KeyedSnapshot? contents;
    private StepChanges gathering;
    private StepChanges swapped;
    private TickStoreException? error;

    public ViewFeed(View source, View target, int input)
    {
        (this.source, this.target, this.input) = (source, target, input);
        contents = source.OpenContents();
        var pool = target.Options.Evaluation.Pool;
        gathering = new StepChanges(source.Circuit.Plan.Plan.Schema, source.Circuit.Plan.KeyColumns, true, pool);
        swapped = new StepChanges(source.Circuit.Plan.Plan.Schema, source.Circuit.Plan.KeyColumns, true, pool);
        source.AddReader(this);
    }

    /// <inheritdoc/>
    public bool WantsOld => true;

    /// <inheritdoc/>
    public void OnChanges(in DeltaBatch changes, long sequence)
    {
        if (error is not null)
        {
            return;
        }

        try
        {
            gathering.Add(changes);
        }
        catch (TickStoreException e)
        {
            // The memory that runs out is that of the view being made: the one that is read goes on.
            error = e;
        }
    }

    /// <inheritdoc/>
    public void OnStep(long sequence) { }

    /// <summary>Pushes all rows that the source had when the feed was made.</summary>
    public void PushAll(ICircuitHistory history, long sequence)
    {
        using var reader = contents is null ? history.Derive(source.Circuit.Plan.Plan, sequence) : contents.Open();
        while (reader.Next() is { } batch)
        {
            target.Push(input, new DeltaBatch(batch), stepSequence: -1);
        }

        contents?.Dispose();
        contents = null;
    }

    /// <summary>Puts aside what has changed since the last time.</summary>
    public void Swap() => (gathering, swapped) = (swapped, gathering);

    /// <summary>Pushes what was put aside.</summary>
    public void PushSwapped()
    {
        if (error is not null)
        {
            throw new TickStoreException(error.Code, error.Message, error);
        }

        if (swapped.Count > 0)
        {
            target.Push(input, swapped.Take(), stepSequence: -1);
            swapped.Clear();
        }
    }

    /// <summary>Gathers no more.</summary>
    public void Stop() => source.RemoveReader(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        contents?.Dispose();
        gathering.Dispose();
        swapped.Dispose();
    }
}
