using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>
/// A view that is kept up: its circuit, its contents if they are kept, and who listens. An error in it ends the view and nothing else.
/// Steps come from its <see cref="ViewGroup"/>, on one thread at a time; listeners are added between two steps.
/// </summary>
public sealed partial class View : IDisposable
{
    private readonly ViewOutput output;
    private readonly MemoryBudget budget;
    private TickStoreException? failure;
    private long frontier;

    // A listener may ask for contents, or add another one, while it is told of a step: on the thread that steps.
    private bool isStepping;
    private bool isWriteDue;

    /// <summary>Builds the view's circuit. Throws NotSupported, with the reason, where its plan cannot be kept up.</summary>
    public View(ViewOptions options)
    {
        Options = options;
        budget = options.Budget;
        ViewOutput? made = null;
        Circuit = new Circuit(
            options.Plan,
            options.History,
            options.Evaluation,
            root => made = new ViewOutput(root, options, () => Frontier)
        );
        output = made!;
    }

    /// <summary>The view's name.</summary>
    public string Name => Options.Name;

    /// <summary>What it was made from.</summary>
    public ViewOptions Options { get; }

    /// <summary>The operators.</summary>
    public Circuit Circuit { get; }

    /// <summary>True where the contents are kept; else a query over the view runs its definition.</summary>
    public bool IsKept => output.IsKept;

    /// <summary>The end of the last step.</summary>
    public long Frontier => Volatile.Read(ref frontier);

    /// <summary>Why the view stopped; null while it goes on.</summary>
    public TickStoreException? Failure => Volatile.Read(ref failure);

    /// <summary>Rows of the contents; of a view that does not keep them, rows that came and have not gone.</summary>
    public long RowCount => output.RowCount;

    /// <summary>Changes that late rows caused.</summary>
    public long CorrectedCount => output.CorrectedCount;

    /// <summary>Rows of the inputs that came late.</summary>
    public long LateCount { get; private set; }

    /// <summary>Bytes of memory that the view holds.</summary>
    public long StateBytes => budget.UsedBytes;

    /// <summary>Adds somebody who is told of changes from the next step on. Between two steps.</summary>
    public void AddListener(IChangeListener listener)
    {
        output.AddListener(listener);
        WriteIfTold();
    }

    /// <summary>
    /// Before a listener joins what others listen to: of EMIT EVERY, tells those what is held back for them, so that the new one gets only
    /// what changes from then on.
    /// </summary>
    /// <param name="sequence">The end of the last step.</param>
    public void TellHeld(long sequence) => output.TellHeld(sequence);

    /// <summary>Takes a listener off.</summary>
    public void RemoveListener(IChangeListener listener) => output.RemoveListener(listener);

    /// <summary>Adds a view that reads this one: it is told at once, whatever the view's EMIT says to others.</summary>
    public void AddReader(IChangeListener reader)
    {
        output.AddReader(reader);
        WriteIfTold();
    }

    /// <summary>Takes a reading view off.</summary>
    public void RemoveReader(IChangeListener reader) => output.RemoveReader(reader);

    /// <summary>
    /// The kept contents as they are between two steps; null where they are not kept, or not whole yet, the view has failed, or the caller
    /// was called by its step: then the definition has the rows. What steps have held back is written first, which takes up to half a
    /// millisecond. While no other thread steps the view; dispose of it soon.
    /// </summary>
    public KeyedSnapshot? OpenContents()
    {
        KeyedSnapshot? opened = null;
        if (isStepping)
        {
            return null;
        }

        OrFail(() => opened = output.OpenContents());
        return opened;
    }

    /// <summary>Writes what steps have held back; what cannot be written ends the view. While no other thread steps it.</summary>
    public void WriteHeld()
    {
        if (!isStepping)
        {
            OrFail(output.WriteHeld);
        }
    }

    /// <summary>Takes changes of one input; what throws ends the view.</summary>
    /// <param name="input">Index among the circuit's inputs.</param>
    /// <param name="delta">On loan for the call.</param>
    /// <param name="stepSequence">Where the step will end; -1 where that is not known yet.</param>
    public void Push(int input, in DeltaBatch delta, long stepSequence)
    {
        if (Failure is not null)
        {
            return;
        }

        try
        {
            output.Begin(stepSequence);
            Circuit.Push(input, delta);
        }
#pragma warning disable CA1031 // Whatever it is, it is the view's: the commit has been made, and other views go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
    }

    private void WriteIfTold()
    {
        if (isStepping)
        {
            isWriteDue = true;
            return;
        }

        OrFail(output.WriteIfTold);
    }

    // What is held back is written: whatever goes wrong then would have gone wrong in a step, and ends the view.
    private void OrFail(Action action)
    {
        if (Failure is not null)
        {
            return;
        }

        try
        {
            action();
        }
#pragma warning disable CA1031 // As in a step.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
    }

    /// <summary>Counts rows of a table that came late.</summary>
    internal void NoteLate(int rowCount) => LateCount += rowCount;

    /// <summary>Ends a step, and tells listeners.</summary>
    public void Step(CircuitStep step)
    {
        if (Failure is null)
        {
            try
            {
                isStepping = true;
                output.Begin(step.Sequence);
                Circuit.Flush(step);
                output.End(step);
                if (isWriteDue)
                {
                    isWriteDue = false;
                    output.WriteIfTold();
                }

                Volatile.Write(ref frontier, step.Sequence);
            }
#pragma warning disable CA1031 // Whatever it is, it is the view's: the commit has been made, and other views go on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Fail(e);
            }
            finally
            {
                isStepping = false;
            }
        }
    }

    /// <summary>A step that brought nothing for this view.</summary>
    public void Skip(long sequence)
    {
        if (Failure is null)
        {
            output.Skip(sequence);
            Volatile.Write(ref frontier, sequence);
        }
    }

    /// <summary>Ends the view with an error.</summary>
    public void Fail(Exception error)
    {
        var known =
            error as TickStoreException
            ?? new TickStoreException(ErrorCode.Internal, $"View {Name} failed: {error.Message}", error);
        Volatile.Write(ref failure, known);
        output.TellFailed(new TickStoreException(known.Code, $"View {Name} has failed: {known.Message}", known));
    }

    /// <summary>Writes operators' states and contents, between two steps.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(LateCount);
        Circuit.Save(writer);
        output.Save(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote, before the first step.</summary>
    /// <param name="reader">The state.</param>
    /// <param name="sequence">The step that it was saved after.</param>
    public void Load(StateReader reader, long sequence)
    {
        LateCount = reader.Read<long>();
        Circuit.Load(reader);
        output.Load(reader);
        Volatile.Write(ref frontier, sequence);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        output.TellFailed(
            new TickStoreException(
                ErrorCode.UnknownName,
                $"View {Name} was dropped or replaced, or its database was closed"
            )
        );
        Circuit.Dispose();
        output.Dispose();
    }
}
