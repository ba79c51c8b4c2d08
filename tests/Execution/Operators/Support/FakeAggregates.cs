using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Execution.Operators;

/// <summary>
/// Aggregates that show exactly which rows reached which group: <c>bag</c> yields all its arguments as a sorted list,
/// <c>count</c> counts rows. They know nothing of speed.
/// </summary>
internal static class FakeAggregates
{
    public static AggregateCall Bag(params BoundExpression[] arguments) => new(Overload("bag", arguments), arguments);

    public static AggregateOverload Overload(string name, params BoundExpression[] arguments)
    {
        AggregateOverload? overload = null;
        var function = new AggregateFunction
        {
            Name = name,
            Summary = name,
            Example = name,
            Resolve = _ => overload,
        };
        overload = new AggregateOverload(
            function,
            [.. arguments.Select(a => a.Type)],
            DataType.Varchar,
            c => new BagState(c.Symbols)
        );
        return overload;
    }

    /// <summary>What <c>bag</c> yields for these argument lists.</summary>
    public static string BagOf(IEnumerable<IEnumerable<object?>> arguments) =>
        string.Join(';', arguments.Select(TestRow.Text).Order(StringComparer.Ordinal));

    private sealed class BagState(ISymbolTable symbols) : AggregateState
    {
        private readonly List<List<string>> groups = [];
        private int groupCount;

        public override void EnsureGroups(int groupCount)
        {
            this.groupCount = Math.Max(this.groupCount, groupCount);
            while (groups.Count < groupCount)
            {
                groups.Add([]);
            }
        }

        public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
        {
            for (var row = 0; row < groups.Length; row++)
            {
                UpdateRun(arguments, row, 1, groups[row]);
            }
        }

        public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group)
        {
            for (var row = startRow; row < startRow + rowCount; row++)
            {
                var values = new List<object?>();
                foreach (var argument in arguments)
                {
                    values.Add(TestRow.Read(argument, row, symbols));
                }

                groups[group].Add(TestRow.Text(values));
            }
        }

        public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
        {
            Assert.Equal(((BagState)other).groupCount, groups.Length);
            for (var i = 0; i < groups.Length; i++)
            {
                this.groups[groups[i]].AddRange(((BagState)other).groups[i]);
            }
        }

        public override void AppendResults(int start, int count, ColumnVector result)
        {
            for (var group = start; group < start + count; group++)
            {
                result.AppendUtf8(
                    System.Text.Encoding.UTF8.GetBytes(string.Join(';', groups[group].Order(StringComparer.Ordinal)))
                );
            }
        }

        public override void Reset()
        {
            groups.Clear();
            groupCount = 0;
        }
    }
}
