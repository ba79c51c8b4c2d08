using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of a plan node: it is pushed what changed in its inputs, and hands on what thereby changes in its output. It
/// lives in the room of the operator, beside the batch form, and after every step its output equals that of the batch form (law 2).
/// </summary>
/// <remarks>
/// A step is a commit, or several of them (while a view catches up): <see cref="Push"/> for each batch of rows, in the order of
/// <c>_seq</c> within each input, then <see cref="Flush"/> once, inputs before those that they feed. An operator may emit in either. What
/// it has emitted by the end of <see cref="Flush"/>, applied in order, is the change of its output. One thread at a time; nothing is
/// allocated for a row in the long run. An operator that throws has ruined its state: the view fails.
/// </remarks>
public abstract class IncrementalOperator : IDisposable
{
    private IncrementalOperator? consumer;
    private int consumerInput;

    /// <summary>Makes the incremental form of a node.</summary>
    /// <param name="node">Its columns are those of the emitted rows.</param>
    /// <param name="keyColumns">The columns that tell the output's rows apart.</param>
    protected IncrementalOperator(PlanNode node, IReadOnlyList<int> keyColumns)
    {
        Node = node;
        KeyColumns = keyColumns;
    }

    /// <summary>What the operator was made from.</summary>
    public PlanNode Node { get; }

    /// <summary>Names and types of the columns.</summary>
    public BatchSchema Schema => Node.Schema;

    /// <summary>The columns that tell the output's rows apart.</summary>
    public IReadOnlyList<int> KeyColumns { get; }

    /// <summary>True where every row that comes out has a new key, so that nothing downstream ever has to take a row back.</summary>
    public bool IsAppendOnly { get; protected init; }

    /// <summary>
    /// True where deltas of rows that were there before carry them as they were (<see cref="DeltaBatch.Old"/>). Whoever needs that from an
    /// operator that does not, puts a store of rows between.
    /// </summary>
    public bool CarriesOld { get; protected init; }

    /// <summary>
    /// True where a key comes out at most once a step, so that nothing has to be consolidated: for operators that only
    /// append, and those that emit in <see cref="Flush"/>, each changed row once.
    /// </summary>
    public bool EmitsKeysOnce { get; protected init; }

    /// <summary>What bounds the state, on one line, for EXPLAIN; empty for an operator without state.</summary>
    public virtual string StateBound => string.Empty;

    /// <summary>
    /// Who can hold back what comes out here: the operator itself, or one below it that is followed by projections only. Null where
    /// everything comes out in its step.
    /// </summary>
    public virtual IHoldsBack? Holder => null;

    /// <summary>Says who takes the output. Once, before the first row.</summary>
    public void ConnectTo(IncrementalOperator operatorAbove, int input)
    {
        consumer = operatorAbove;
        consumerInput = input;
    }

    /// <summary>
    /// Says which columns whoever takes the output reads: the others may then hold anything. Once, before the first row; most operators
    /// need not care.
    /// </summary>
    /// <param name="columns">True for each column that is read.</param>
    public virtual void WantOnly(ReadOnlySpan<bool> columns) { }

    /// <summary>Takes changes of one input.</summary>
    /// <param name="input">Index among the node's inputs.</param>
    /// <param name="delta">On loan for the call.</param>
    public abstract void Push(int input, in DeltaBatch delta);

    /// <summary>Ends a step: everything of the inputs has been pushed.</summary>
    public virtual void Flush(CircuitStep step) { }

    /// <summary>Writes the state at the end of a step, for a checkpoint.</summary>
    public virtual void Save(StateWriter writer) { }

    /// <summary>Reads what <see cref="Save"/> wrote, into an operator that has seen no row.</summary>
    public virtual void Load(StateReader reader) { }

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Hands changes on.</summary>
    protected void Emit(in DeltaBatch delta)
    {
        if (delta.RowCount > 0)
        {
            consumer!.Push(consumerInput, delta);
        }
    }
}
