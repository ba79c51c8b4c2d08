using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>
/// A filter and a projection at the source: changes of a table or a view go in, what a subscriber asked for comes out, on the thread
/// that steps. For one thread at a time.
/// </summary>
public sealed class ChangePipeline : IChangeListener, IDisposable
{
    private readonly Circuit circuit;
    private readonly CircuitStep step = new();
    private readonly Action<TickStoreException>? failed;
    private Sink? sink;
    private bool hasFailed;

    /// <summary>Makes a pipeline. Throws NotSupported, with the reason, for a plan that is more than filters and projections.</summary>
    /// <param name="plan">Filters and projections of one table or view.</param>
    /// <param name="evaluation">For the expressions.</param>
    /// <param name="target">Takes what comes out.</param>
    /// <param name="failed">Told of an error in an expression, after which nothing comes out any more; null to throw it.</param>
    public ChangePipeline(
        KeyedPlan plan,
        EvaluationContext evaluation,
        IChangeListener target,
        Action<TickStoreException>? failed = null
    )
    {
        Check(plan);
        this.failed = failed;
        circuit = new Circuit(plan, new NoHistory(), evaluation, root => sink = new Sink(root, target));
    }

    /// <summary>
    /// Throws NotSupported, with the reason, unless a plan is made of filters and projections of one table or view, which need nothing but
    /// the row at hand.
    /// </summary>
    public static void Check(KeyedPlan plan)
    {
        var inputs = CircuitInputs.Of(plan.Plan);
        var node = plan.Plan;
        while (node is FilterNode or ProjectNode)
        {
            node = node.Inputs[0];
        }

        if (node is not (ScanNode or KeyedScanNode) || inputs.Count != 1)
        {
            var what = node is ScanNode or KeyedScanNode ? "a watermark" : node.Name;
            Throw.Error(
                ErrorCode.NotSupported,
                $"A subscription filters and projects the rows of one table or view; {what} needs state: make a materialized view of the "
                    + "query, and subscribe to that"
            );
        }
    }

    /// <inheritdoc/>
    public bool WantsOld => true;

    /// <inheritdoc/>
    public void OnChanges(in DeltaBatch changes, long sequence)
    {
        if (hasFailed)
        {
            return;
        }

        sink!.Step = sequence;
        try
        {
            circuit.Push(0, changes);
        }
        catch (Exception error) when (failed is not null)
        {
            // Whoever commits is not to blame for what a subscriber asked.
            hasFailed = true;
            failed(
                error as TickStoreException
                    ?? new TickStoreException(
                        ErrorCode.Internal,
                        $"A subscription's query failed: {error.Message}",
                        error
                    )
            );
        }
    }

    /// <inheritdoc/>
    public void OnStep(long sequence)
    {
        step.Sequence = sequence;
        circuit.Flush(step);
        sink!.Target.OnStep(sequence);
    }

    /// <inheritdoc/>
    public void OnFailed(TickStoreException failure) => sink!.Target.OnFailed(failure);

    /// <inheritdoc/>
    public void Dispose() => circuit.Dispose();

    private sealed class Sink(IncrementalOperator root, IChangeListener target)
        : IncrementalOperator(root.Node, root.KeyColumns)
    {
        public IChangeListener Target { get; } = target;

        public long Step { get; set; }

        public override void Push(int input, in DeltaBatch delta) => Target.OnChanges(delta, Step);
    }

    private sealed class NoHistory : ICircuitHistory
    {
        public IBatchReader Derive(PlanNode plan, long asOfSequence) =>
            Throw.Error<IBatchReader>(ErrorCode.Internal, "A filter or a projection asked for rows of the past");
    }
}
