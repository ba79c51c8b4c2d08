using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// What the calls of a context are computed from. Columns of the input, and casts of them, are evaluated once a batch for all calls that
/// take them; other arguments when it is their call's turn, for they may hold the results of calls before it.
/// </summary>
internal sealed class ContextArguments : IDisposable
{
    private readonly ExpressionSet shared;
    private readonly int[]?[] placesOfCall;
    private readonly ColumnVector[][] vectorsOfCall;
    private readonly ExpressionSet[] own;
    private Batch? rows;

    public ContextArguments(ContextNode node, EvaluationContext context)
    {
        var width = node.Inputs[0].Schema.ColumnCount;
        var expressions = new List<BoundExpression>();
        placesOfCall = new int[]?[node.Calls.Count];
        vectorsOfCall = new ColumnVector[node.Calls.Count][];
        own = new ExpressionSet[node.Calls.Count];
        for (var call = 0; call < own.Length; call++)
        {
            var arguments = node.Calls[call].Arguments;
            own[call] = new ExpressionSet(arguments, context);
            vectorsOfCall[call] = new ColumnVector[arguments.Count];
            if (arguments.All(a => IsOfInput(a, width)))
            {
                placesOfCall[call] = [.. arguments.Select(a => PlaceOf(a, expressions))];
            }
        }

        shared = new ExpressionSet(expressions, context);
    }

    /// <summary>Begins a batch of the node's columns; those of calls are read when a later call's turn has come.</summary>
    public void Begin(Batch batch)
    {
        rows = batch;
        var vectors = shared.Evaluate(batch);
        for (var call = 0; call < placesOfCall.Length; call++)
        {
            if (placesOfCall[call] is { } places)
            {
                for (var i = 0; i < places.Length; i++)
                {
                    vectorsOfCall[call][i] = vectors[places[i]];
                }
            }
        }
    }

    /// <summary>The arguments of a call, in whose order it is asked for them; on loan until the next batch.</summary>
    public ReadOnlySpan<ColumnVector> Of(int call) =>
        placesOfCall[call] is null ? own[call].Evaluate(rows!) : vectorsOfCall[call];

    /// <inheritdoc/>
    public void Dispose()
    {
        shared.Dispose();
        foreach (var set in own)
        {
            set.Dispose();
        }
    }

    private static int PlaceOf(BoundExpression argument, List<BoundExpression> expressions)
    {
        var at = expressions.FindIndex(e => AreSame(e, argument));
        if (at < 0)
        {
            at = expressions.Count;
            expressions.Add(argument);
        }

        return at;
    }

    private static bool IsOfInput(BoundExpression expression, int width) =>
        expression switch
        {
            ColumnExpression column => column.Index < width,
            CastExpression cast => IsOfInput(cast.Operand, width),
            _ => false,
        };

    private static bool AreSame(BoundExpression left, BoundExpression right) =>
        (left, right) switch
        {
            (ColumnExpression a, ColumnExpression b) => a.Index == b.Index,
            (CastExpression a, CastExpression b) => a.Type.Equals(b.Type) && AreSame(a.Operand, b.Operand),
            _ => false,
        };
}
