using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The first rows of each key in an order: a filter <c>row_number() OVER (PARTITION BY keys ORDER BY order) &lt;=
/// count</c>, as DISTINCT ON, LATEST ON and QUALIFY are bound. Its rows are told apart by the key and, where there are
/// several, by their number: a row that comes first takes the place of the one that was.
/// </summary>
/// <param name="Window">Numbers the rows.</param>
/// <param name="Count">How many rows of each key there may be.</param>
internal sealed record TopPerKey(WindowNode Window, int Count)
{
    private const int CountMax = 1000;

    /// <summary>Every key of the order, each expression once.</summary>
    public IReadOnlyList<SortKey> Order { get; } =
    [.. Window.OrderBy.Concat(Window.TieBreak).DistinctBy(k => k.Expression)];

    /// <summary>What a filter is of that kind; null for any other.</summary>
    public static TopPerKey? Of(FilterNode filter)
    {
        if (
            filter.Inputs[0] is not WindowNode { Calls: [{ Function: "row_number" }] } window
            || filter.Predicate
                is not CallExpression
                {
                    Arguments: [ColumnExpression number, ConstantExpression { Value: { IsNull: false } limit }]
                } call
            || number.Index != window.Inputs[0].Schema.ColumnCount
            || !limit.Type.IsInteger
        )
        {
            return null;
        }

        var count = call.Function.Function.Name switch
        {
            "=" when limit.Integer == 1 => 1,
            "<=" => limit.Integer,
            "<" => limit.Integer - 1,
            _ => 0,
        };
        var top = count is >= 1 and <= CountMax ? new TopPerKey(window, (int)count) : null;
        return top is { Order.Count: <= 60 } && top.Order.All(k => IsComparable(k.Expression.Type)) ? top : null;
    }

    /// <summary>The filter with the keys of its input, and its own key.</summary>
    public (PlanNode Plan, IReadOnlyList<int> Keys) AddKeys(FilterNode filter)
    {
        var width = Window.Inputs[0].Schema.ColumnCount;
        var (input, inputKeys) = PlanKeys.Add(Window.Inputs[0]);

        // What is partitioned by is a column, for rows that are read back are found by columns.
        var columns = Enumerable
            .Range(0, input.Schema.ColumnCount)
            .Select(c => (BoundExpression)KeyedPlan.ColumnOf(input, c))
            .ToList();
        var names = input.Schema.Columns.Select(c => c.Name).ToList();
        var partitionBy = new List<int>();
        foreach (var expression in Window.PartitionBy)
        {
            var at = expression is ColumnExpression column ? column.Index : columns.IndexOf(expression);
            if (at < 0)
            {
                at = columns.Count;
                columns.Add(expression);
                names.Add($"key{at}");
            }

            partitionBy.Add(at);
        }

        if (columns.Count > input.Schema.ColumnCount)
        {
            input = new ProjectNode(input, columns, names);
        }

        var window = new WindowNode(
            input,
            [.. partitionBy.Select(c => (BoundExpression)KeyedPlan.ColumnOf(input, c))],
            Window.OrderBy,
            Window.Calls,
            Window.Names,
            Window.TieBreak
        );
        var keyed = WindowKeys.Over(window, input, inputKeys);
        var call = (CallExpression)filter.Predicate;
        var number = KeyedPlan.ColumnOf(keyed, columns.Count);
        var plan = new FilterNode(keyed, new CallExpression(call.Function, [number, call.Arguments[1]], call.Nullable));
        if (columns.Count == width)
        {
            return (plan, KeyOf(partitionBy, width));
        }

        var hidden = partitionBy.Where(c => c >= width).Distinct().ToList();
        int[] order = [.. Enumerable.Range(0, width), columns.Count, .. hidden];
        return (
            WindowKeys.Reordered(plan, order),
            KeyOf([.. partitionBy.Select(c => c < width ? c : width + 1 + hidden.IndexOf(c))], width)
        );
    }

    /// <summary>The columns that tell the filter's rows apart.</summary>
    public IReadOnlyList<int> KeyOf(IReadOnlyList<int> partitionBy, int numberColumn)
    {
        int[] keys = [.. partitionBy.Distinct()];
        return Count == 1 ? keys : [.. keys, numberColumn];
    }

    private static bool IsComparable(DataType type) => type.Kind == TypeKind.Symbol || SortCodes.AreAbsolute(type);
}
