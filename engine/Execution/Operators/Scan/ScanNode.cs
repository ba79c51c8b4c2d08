using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Reads a table at its snapshot: the columns, symbols, times and predicates of a <see cref="ScanRequest"/>.
/// </summary>
public sealed class ScanNode : PlanNode
{
    /// <summary>Makes a scan of <paramref name="source"/>.</summary>
    public ScanNode(ITableSource source, ScanRequest request)
        : base(new BatchSchema([.. request.Columns.Select(c => source.Schema.AllColumns[c])]))
    {
        Source = source;
        Request = request;
    }

    /// <summary>The table at its snapshot.</summary>
    public ITableSource Source { get; }

    /// <summary>What is wanted of it.</summary>
    public ScanRequest Request { get; }

    /// <inheritdoc/>
    public override string Name => "Scan";

    /// <inheritdoc/>
    public override string Details
    {
        get
        {
            var parts = new List<string>
            {
                Source.Schema.Name,
                $"columns ({string.Join(", ", Schema.Columns.Select(c => c.Name))})",
            };
            if (Request.Symbols is { } symbols)
            {
                parts.Add($"{symbols.Length} symbol(s)");
            }

            if (Request.TimeFrom != long.MinValue || Request.TimeTo != long.MaxValue)
            {
                parts.Add("time range");
            }

            parts.AddRange(Request.Predicates.Select(p => $"{Source.Schema.AllColumns[p.Column].Name} {p.Operator}"));
            if (Request.Order != ScanOrder.None)
            {
                parts.Add($"order {Request.Order}");
            }

            if (Request.Latest != LatestRow.All)
            {
                parts.Add("latest row of each symbol");
            }

            return string.Join(", ", parts);
        }
    }

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) => this;

    /// <summary>The same table with another request.</summary>
    public ScanNode WithRequest(ScanRequest request) => new(Source, request);
}
