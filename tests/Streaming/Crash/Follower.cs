using TickStore.Core;
using TickStore.Streaming;
using TickStore.Tests.Streaming.Law;

namespace TickStore.Tests.Streaming.Crash;

/// <summary>One change as a subscriber was told of it: bytes that mean the same in any process.</summary>
/// <param name="Step">The end of the step that made it.</param>
/// <param name="Op">What it does.</param>
/// <param name="Key">The key's columns, in hex.</param>
/// <param name="Row">The visible columns, in hex.</param>
internal readonly record struct FollowedChange(long Step, ChangeOp Op, string Key, string Row);

/// <summary>
/// A subscriber as a careful client writes one: it applies changes step by step, knows from where to resume, and can take back what it was
/// told before it was durable. Strict: an insert of a row that is there, or an update or delete of one that is not, is a violation.
/// </summary>
internal sealed class Follower(string name)
{
    private readonly Dictionary<string, string> rows = [];
    private readonly List<FollowedChange> pending = [];
    private readonly List<(long Step, string Key, string? Before)> undo = [];

    /// <summary>What is followed.</summary>
    public string Name => name;

    /// <summary>True once there is something to resume from.</summary>
    public bool HasPosition { get; private set; }

    /// <summary>Everything up to here has been applied.</summary>
    public long Sequence { get; private set; }

    /// <summary>In which epoch it was seen.</summary>
    public uint Epoch { get; private set; }

    /// <summary>Changes applied in all.</summary>
    public long ChangeCount { get; private set; }

    /// <summary>How often something was taken back.</summary>
    public int RollbackCount { get; private set; }

    /// <summary>Rows there are.</summary>
    public IEnumerable<string> Rows => rows.Values;

    /// <summary>What to ask for to go on.</summary>
    public SubscriptionRequest Request =>
        HasPosition
            ? new SubscriptionRequest
            {
                Source = name,
                FromSequence = Sequence,
                Epoch = Epoch,
            }
            : new SubscriptionRequest { Source = name, Snapshot = true };

    /// <summary>Takes a change, which counts once its step is complete.</summary>
    public void Add(FollowedChange change) => pending.Add(change);

    /// <summary>A subscription that was cut off: changes of a step that never became complete are told again.</summary>
    public void Cut() => pending.Clear();

    /// <summary>Everything up to a sequence has been told.</summary>
    public void Complete(long sequence, uint epoch)
    {
        var applied = 0;
        while (applied < pending.Count && pending[applied].Step <= sequence)
        {
            Apply(pending[applied++]);
        }

        pending.RemoveRange(0, applied);
        (HasPosition, Sequence, Epoch) = (true, sequence, epoch);
    }

    /// <summary>What was seen beyond a sequence is gone.</summary>
    public void RollBack(long sequence, uint epoch)
    {
        pending.Clear();
        for (var i = undo.Count - 1; i >= 0 && undo[i].Step > sequence; i--)
        {
            if (undo[i].Before is { } before)
            {
                rows[undo[i].Key] = before;
            }
            else
            {
                rows.Remove(undo[i].Key);
            }

            undo.RemoveAt(i);
        }

        (Sequence, Epoch) = (sequence, epoch);
        RollbackCount++;
    }

    /// <summary>Reads a subscription until it has everything up to a sequence.</summary>
    public void Follow(Subscription subscription, long until)
    {
        Cut();
        while (true)
        {
            // Whether something was taken back is told even where there is nothing to go on with.
            var block = subscription.TryRead();
            if (block is null && subscription.Sequence < until)
            {
                block =
                    subscription.Read(TimeSpan.FromSeconds(20))
                    ?? (
                        subscription.Sequence >= until
                            ? null
                            : throw new LawException(
                                $"{name}: nothing comes behind {subscription.Sequence}, and {until} is committed"
                            )
                    );
            }

            if (block is null)
            {
                break;
            }

            Take(subscription, block, Add, Complete, RollBack);
        }

        Complete(subscription.Sequence, Epoch);
    }

    /// <summary>Takes a block apart.</summary>
    public static void Take(
        Subscription subscription,
        ChangeBlock block,
        Action<FollowedChange> change,
        Action<long, uint> complete,
        Action<long, uint> rolledBack
    )
    {
        if (block.Kind == ChangeBlockKind.RolledBack)
        {
            rolledBack(block.Sequence, block.Epoch);
            return;
        }

        var key = subscription.Shape.KeyColumns;
        int[] visible = [.. Enumerable.Range(0, block.VisibleCount)];
        for (var row = 0; row < block.RowCount; row++)
        {
            change(
                new FollowedChange(
                    block.SequenceOf(row),
                    block.Ops[row],
                    Convert.ToHexStringLower(CanonicalRows.Of(block.Rows, row, key, block.Symbols)),
                    block.Ops[row] == ChangeOp.Delete
                        ? string.Empty
                        : Convert.ToHexStringLower(CanonicalRows.Of(block.Rows, row, visible, block.Symbols))
                )
            );
        }

        complete(block.Sequence, block.Epoch);
    }

    private void Apply(FollowedChange change)
    {
        var before = rows.GetValueOrDefault(change.Key);
        if ((change.Op == ChangeOp.Insert) != (before is null))
        {
            throw new LawException(
                $"{name}: {change.Op} at {change.Step} of a row that was {(before is null ? "not " : string.Empty)}there: key {change.Key}"
            );
        }

        undo.Add((change.Step, change.Key, before));
        if (change.Op == ChangeOp.Delete)
        {
            rows.Remove(change.Key);
        }
        else
        {
            rows[change.Key] = change.Row;
        }

        ChangeCount++;
    }
}
