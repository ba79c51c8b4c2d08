using System.Text;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Statements;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Views;

/// <summary>SUBSCRIBE to what the engine is asked for. Errors point into the text.</summary>
internal sealed class SubscriptionBinder(TickDatabase database, string sql, IReadOnlyList<ConstantValue> parameters)
{
    /// <summary>A query of filters and projections, with the columns that tell its rows apart.</summary>
    public KeyedPlan Bind(Query query)
    {
        using var catalog = new SnapshotCatalog(database, sql, forView: true);
        var session = new BindingSession(sql, catalog, parameters) { View = new ViewRules(-1, long.MinValue, false) };
        var plan = new QueryBinder(session).Bind(query).ToPlan();
        return session.Pointing(
            query.Span,
            () =>
            {
                var keyed = ViewPlans.Keyed(plan, plan.Schema.ColumnCount, catalog);
                TickDatabase.CheckChanges(keyed);
                return keyed;
            }
        );
    }

    /// <summary>The whole statement.</summary>
    public SubscriptionRequest Bind(SubscribeStatement statement)
    {
        var request = new SubscriptionRequest
        {
            Source = statement.Name is { } name ? NameOf(name) : null,
            Query = statement.Query is { } query ? Bind(query) : null,
            FromSequence = SequenceOf(statement.AsOf),
            UntilSequence = SequenceOf(statement.UpTo),
            Envelope =
                statement.Envelope?.Form == EnvelopeForm.Upsert
                    ? SubscriptionEnvelope.Upsert
                    : SubscriptionEnvelope.Delta,
            FinalOnly = statement.Envelope?.Form == EnvelopeForm.FinalOnly,
            Key = [.. (statement.Envelope?.Key ?? []).Select(c => c.Name)],
            ConflateBy = [.. (statement.Conflate?.By ?? []).Select(c => c.Name)],
            ConflateInterval = statement.Conflate is { } conflate ? SpanOf(conflate) : TimeSpan.Zero,
            OnSlow = statement.Slow?.Reaction switch
            {
                SlowReaction.Block => SlowReaderPolicy.Block,
                SlowReaction.Conflate => SlowReaderPolicy.Conflate,
                SlowReaction.Skip => SlowReaderPolicy.Skip,
                SlowReaction.Disconnect or null => SlowReaderPolicy.Disconnect,
            },
            IsDurable = statement.Durable,
            DurableName = statement.Reader?.Value,
        };
        return statement.Options.Aggregate(request, With);
    }

    private string NameOf(QualifiedName name)
    {
        var wanted = TableDefinitions.CheckName(sql, name);
        var known = database.Tables.Select(t => t.Name).Concat(database.Views.Select(v => v.Name));
        return database.FindTable(wanted) is not null || database.FindView(wanted) is not null
            ? wanted
            : throw SqlError.At(
                ErrorCode.UnknownName,
                sql,
                name.Span,
                $"there is no table or view \"{wanted}\"{NearestName.Hint(wanted, known)}"
            );
    }

    private SubscriptionRequest With(SubscriptionRequest request, CopyOption option) =>
        option.Name switch
        {
            "snapshot" when option.Value is null or "true" or "on" => request with { Snapshot = true },
            "snapshot" when option.Value is "false" or "off" => request with { Snapshot = false },
            "progress" when option.Value is { } text => request with { ProgressInterval = SpanOf(text, option) },
            "epoch" when uint.TryParse(option.Value, out var epoch) => request with { Epoch = epoch },
            "queue" when option.Value is { } text && ByteSize.TryParse(text, out var bytes) && bytes > 0 => request with
            {
                QueueBytes = bytes,
            },
            _ => throw SqlError.At(
                ErrorCode.InvalidArgument,
                sql,
                option.Span,
                "SUBSCRIBE takes SNAPSHOT = true or false, PROGRESS = '100ms', EPOCH = n and QUEUE = '64MB', not "
                    + option.Name.ToUpperInvariant()
                    + " so"
            ),
        };

    private long? SequenceOf(SequencePoint? point)
    {
        if (point is null)
            return null;
        using var catalog = new SnapshotCatalog(database, sql);
        return new QueryBinder(new BindingSession(sql, catalog, parameters)).SequenceOf(point);
    }

    private TimeSpan SpanOf(string text, SyntaxNode at) =>
        IntervalText.TryParse(Encoding.UTF8.GetBytes(text), out var interval) == TextStatus.Ok
            ? SpanOf(interval, at)
            : throw SqlError.At(ErrorCode.InvalidText, sql, at.Span, $"'{text}' is no interval such as '100ms'");

    private TimeSpan SpanOf(ConflateClause conflate) => SpanOf(conflate.Every.Value, conflate);

    private TimeSpan SpanOf(Interval interval, SyntaxNode at) =>
        interval.TryGetNanos(out var nanos) && nanos >= 1_000_000
            ? TimeSpan.FromTicks(nanos / TimeSpan.NanosecondsPerTick)
            : throw SqlError.At(
                ErrorCode.InvalidArgument,
                sql,
                at.Span,
                "the interval must be 1ms at least, and fixed"
            );
}
