using System.CommandLine;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Cli;

/// <summary><c>tickstore subscribe</c>: what there is in a table, a view or a query, or what has changed since, as JSON lines.</summary>
internal sealed class SubscribeCommand : Verb
{
    private readonly Option<string?> query = new("--query")
    {
        Description = "A SELECT of filters and projections of one table or view, or a SUBSCRIBE statement",
        HelpName = "SQL",
    };

    private readonly Option<string?> view = new("--view") { Description = "A view or a table", HelpName = "NAME" };

    private readonly Option<long?> fromSequence = new("--from-seq")
    {
        Description = "Only what has changed since this sequence",
        HelpName = "N",
    };

    private readonly Option<uint?> epoch = new("--epoch")
    {
        Description = "The epoch in which --from-seq was seen",
        HelpName = "E",
    };

    private readonly Option<long?> untilSequence = new("--until-seq")
    {
        Description = "End at this sequence",
        HelpName = "N",
    };

    private readonly Option<long?> limit = new("--limit") { Description = "End after this many rows", HelpName = "N" };

    private readonly Option<string> envelope = new("--envelope")
    {
        Description = "delta: every change; upsert: of each key the newest row",
        HelpName = "delta|upsert",
        DefaultValueFactory = _ => "delta",
    };

    private readonly Option<string?> key = new("--key")
    {
        Description = "Columns of the key for --envelope upsert and --conflate; without it the source's own",
        HelpName = "A,B",
    };

    private readonly Option<double?> conflate = new("--conflate")
    {
        Description = "Milliseconds for which changes of a key are gathered",
        HelpName = "MS",
    };

    private readonly Option<string?> durable = new("--durable")
    {
        Description = "Only rows that survive a crash; with a name, on from where a reader of that name has come",
        HelpName = "NAME",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private const int BlocksPerAcknowledgement = 64;

    /// <inheritdoc/>
    public override string Name => "subscribe";

    /// <inheritdoc/>
    public override string Description =>
        "Print the rows of a table, a view or a query, or what has changed since, as JSON lines";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
        [
            "tickstore subscribe --db market --view bars_1m",
            "tickstore subscribe --db market --query \"SELECT ts, symbol, price FROM trades WHERE qty > 1000\" --from-seq 120000",
            "tickstore subscribe --db market --query \"SELECT symbol, price FROM trades\" --envelope upsert --key symbol",
            "tickstore subscribe --db market --view trades --durable desk7",
        ];

    /// <inheritdoc/>
    public override string Notes =>
        """
            Without --from-seq every row that there is comes first, as an insert. A line is {"seq","epoch","durable_seq","op","cause",
            "row":{...}}; a row whose key has hidden columns, of a source whose rows change, has "key":{...} too. {"progress":seq}
            says that everything up to a sequence has been printed: where to resume. {"rolled_back":seq} says that what was seen in
            --epoch beyond it was lost in a crash. With --durable NAME the database keeps how far NAME has printed, and the next
            call goes on there; what was printed just before a call was killed may come again, from the last {"progress":seq}
            on. A database belongs to one process at a time, so nobody commits while this command reads it: it ends once everything
            is printed. Programs follow a database live with TickDatabase.Subscribe.
            """;

    /// <inheritdoc/>
    protected override void Declare(Command command)
    {
        envelope.AcceptOnlyFromAmong("delta", "upsert");
        command.Options.Add(query);
        command.Options.Add(view);
        command.Options.Add(fromSequence);
        command.Options.Add(epoch);
        command.Options.Add(untilSequence);
        command.Options.Add(limit);
        command.Options.Add(envelope);
        command.Options.Add(key);
        command.Options.Add(conflate);
        command.Options.Add(durable);
    }

    /// <inheritdoc/>
    protected override int Run(CommandContext context)
    {
        if ((context.Value(query) is null) == (context.Value(view) is null))
        {
            throw new UsageException("Give either --query SQL or --view NAME");
        }

        if (context.Value(conflate) is <= 0)
        {
            throw new UsageException("--conflate is a number of milliseconds above 0");
        }

        using var database = context.OpenExisting();
        var request = RequestOf(context, database);
        if (request.Source is { } name && database.FindView(name) is not null)
        {
            database.WaitForView(name, cancellationToken: context.CancellationToken);
        }

        var last = database.CommittedSequence;
        using var subscription = database.Subscribe(request);
        using var stream = StandardOutput.Open();
        using var output = new ChangeLines(subscription.Shape, database.Symbols, stream);
        var blocks = 0;
        while (Next(subscription, last, context.CancellationToken) is { } block)
        {
            output.Write(block);
            if (request.DurableName is not null && ++blocks % BlocksPerAcknowledgement == 0)
            {
                Acknowledge(block.Sequence);
            }
        }

        Acknowledge(subscription.Sequence);
        return 0;

        // What is acknowledged has left this process.
        void Acknowledge(long sequence)
        {
            output.WriteProgress(sequence);
            output.Flush();
            if (request.DurableName is { } name)
            {
                database.Acknowledge(name, sequence);
            }
        }
    }

    // Nobody else commits: what is committed now is all that can come, and it is durable, for it was found on the device.
    private static ChangeBlock? Next(Subscription subscription, long last, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (subscription.TryRead(cancellationToken) is { } block)
            {
                return block;
            }

            if (subscription.IsCompleted || subscription.Sequence >= last)
            {
                return null;
            }

            // Conflated rows wait for their interval.
            if (subscription.Read(TimeSpan.FromMilliseconds(100), cancellationToken) is { } late)
            {
                return late;
            }
        }
    }

    private SubscriptionRequest RequestOf(CommandContext context, TickDatabase database)
    {
        const StringSplitOptions Trimmed = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        var sql = context.Value(query);
        var isStatement = sql?.TrimStart().StartsWith("SUBSCRIBE", StringComparison.OrdinalIgnoreCase) == true;
        var request =
            isStatement ? database.PlanSubscription(sql!)
            : sql is not null ? new SubscriptionRequest { Query = database.PlanChanges(sql) }
            : new SubscriptionRequest { Source = context.Value(view) };
        var milliseconds = context.Value(conflate);
        var columns = context.Value(key)?.Split(',', Trimmed) ?? [];
        return request with
        {
            Snapshot = request.Snapshot || (context.Value(fromSequence) ?? request.FromSequence) is null,
            FromSequence = context.Value(fromSequence) ?? request.FromSequence,
            Epoch = context.Value(epoch) ?? request.Epoch,
            UntilSequence = context.Value(untilSequence) ?? request.UntilSequence,
            Limit = context.Value(limit) ?? request.Limit,
            Envelope = context.Value(envelope) == "upsert" ? SubscriptionEnvelope.Upsert : request.Envelope,
            Key = columns.Length > 0 ? columns : request.Key,
            ConflateInterval = milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : request.ConflateInterval,
            IsDurable = context.IsGiven(durable) || request.IsDurable,
            DurableName = context.Value(durable) ?? request.DurableName,
        };
    }
}
