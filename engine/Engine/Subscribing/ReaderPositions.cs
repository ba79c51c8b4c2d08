using System.Text;
using TickStore.Core;
using TickStore.Engine.Catalog;
using TickStore.Execution;
using TickStore.Storage;
using TickStore.Streaming;

namespace TickStore.Engine.Subscribing;

/// <summary>
/// How far named readers have come, as rows of a hidden table: a reader begins, acknowledges, and is dropped. An acknowledgement follows
/// the rows that it is about in the log, so no crash can keep it and lose them. Thread-safe.
/// </summary>
internal sealed class ReaderPositions(TickDatabase database)
{
    private const string BeginOp = "begin";
    private const string AcknowledgeOp = "acknowledge";
    private const string DropOp = "drop";
    private const int NameBytesMax = 200;

    private static readonly HiddenTable Table = new(
        "subscription_positions",
        new("name", DataType.Varchar, Nullable: false),
        new("op", DataType.Varchar, Nullable: false),
        new("source", DataType.Varchar, Nullable: false),
        new("position", DataType.BigInt, Nullable: false),
        new("epoch", DataType.BigInt, Nullable: false)
    );

    private readonly Lock gate = new();
    private readonly Dictionary<string, Subscription?> live = new(StringComparer.Ordinal);
    private SortedDictionary<string, Position>? known;

    /// <summary>Those there are, by name, and whether somebody reads as them just now.</summary>
    public IReadOnlyList<(string Name, Position Position, bool IsLive)> All
    {
        get
        {
            lock (gate)
            {
                return [.. Known().Select(r => (r.Key, r.Value, IsLive(r.Key)))];
            }
        }
    }

    /// <summary>
    /// Takes a name, for one reader until it is let go of. Throws InvalidArgument where somebody reads as it, or where it reads
    /// something else.
    /// </summary>
    /// <returns>How far the reader has come; null for a new one.</returns>
    public Position? Take(string name, string source)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > NameBytesMax)
        {
            Throw.Error(ErrorCode.InvalidArgument, $"A reader's name has 1 to {NameBytesMax} bytes");
        }

        lock (gate)
        {
            if (IsLive(name))
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"Somebody reads as '{name}' already: one subscription at a time has a name; close that one first"
                );
            }

            if (
                Known().TryGetValue(name, out var found)
                && !string.Equals(found.Source, source, StringComparison.OrdinalIgnoreCase)
            )
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"Reader '{name}' reads {found.Source}, not {source}; choose another name, or DROP SUBSCRIPTION '{name}'"
                );
            }

            live[name] = null;
            return found;
        }
    }

    /// <summary>Says which subscription reads as a name that was taken.</summary>
    public void Hold(string name, Subscription subscription)
    {
        lock (gate)
        {
            live[name] = subscription;
        }
    }

    /// <summary>Lets go of the name that a subscription reads as, if it does.</summary>
    public void Release(Subscription subscription)
    {
        lock (gate)
        {
            foreach (var (name, reader) in live)
            {
                if (reader == subscription)
                {
                    live.Remove(name);
                    return;
                }
            }
        }
    }

    /// <summary>Lets go of a name under which nobody came to read.</summary>
    public void Release(string name)
    {
        lock (gate)
        {
            live.Remove(name);
        }
    }

    /// <summary>Keeps where a new reader begins, durably.</summary>
    public void Begin(string name, string source, long position)
    {
        var begun = new Position(source, position, database.Epoch);
        Append(name, BeginOp, begun);
        lock (gate)
        {
            Known()[name] = begun;
        }
    }

    /// <summary>
    /// Moves a reader's position forward, durably; one that is not beyond it changes nothing. Throws UnknownName, and OutOfRange for
    /// what is not committed.
    /// </summary>
    public void Acknowledge(string name, long sequence)
    {
        Position moved;
        lock (gate)
        {
            var current = Get(name);
            if (sequence < 0 || sequence > database.CommittedSequence)
            {
                Throw.Error(
                    ErrorCode.OutOfRange,
                    $"Sequence {sequence} is outside what is committed: 0 to {database.CommittedSequence}"
                );
            }

            if (sequence <= current.Sequence)
            {
                return;
            }

            moved = current with { Sequence = sequence, Epoch = database.Epoch };
        }

        // Not under the lock: acknowledgements of several readers share the wait for the device. Whatever order they reach the log in,
        // the furthest one counts.
        Append(name, AcknowledgeOp, moved);
        lock (gate)
        {
            Move(Known(), name, moved);
        }
    }

    /// <summary>Forgets a reader, durably. Throws UnknownName, and InvalidArgument while somebody reads as it.</summary>
    public void Drop(string name)
    {
        lock (gate)
        {
            var current = Get(name);
            if (IsLive(name))
            {
                Throw.Error(ErrorCode.InvalidArgument, $"Somebody reads as '{name}'; close that subscription first");
            }

            Append(name, DropOp, current);
            Known().Remove(name);
        }
    }

    private bool IsLive(string name) => live.TryGetValue(name, out var reader) && reader is not { IsCompleted: true };

    private Position Get(string name) =>
        Known().TryGetValue(name, out var found)
            ? found
            : Throw.Error<Position>(
                ErrorCode.UnknownName,
                Known().Count == 0
                    ? $"There is no reader '{name}': no subscription was made DURABLE"
                    : $"There is no reader '{name}'; there are {string.Join(", ", Known().Keys.Select(k => $"'{k}'"))}"
            );

    private SortedDictionary<string, Position> Known()
    {
        if (known is null)
        {
            var found = new SortedDictionary<string, Position>(StringComparer.Ordinal);
            Table.ForEach(database, (rows, row) => Read(found, rows, row));
            known = found;
        }

        return known;
    }

    private static void Read(SortedDictionary<string, Position> found, Batch rows, int row)
    {
        var name = Encoding.UTF8.GetString(rows[0].Utf8(row));
        var position = new Position(
            Encoding.UTF8.GetString(rows[2].Utf8(row)),
            rows[3].Values<long>()[row],
            (uint)rows[4].Values<long>()[row]
        );
        switch (Encoding.UTF8.GetString(rows[1].Utf8(row)))
        {
            case BeginOp:
                found[name] = position;
                break;
            case DropOp:
                found.Remove(name);
                break;
            default:
                Move(found, name, position);
                break;
        }
    }

    // One that was dropped meanwhile does not come back.
    private static void Move(SortedDictionary<string, Position> found, string name, Position moved)
    {
        if (found.TryGetValue(name, out var current) && current.Sequence < moved.Sequence)
        {
            found[name] = moved;
        }
    }

    private void Append(string name, string op, Position position) =>
        Table.Append(
            database,
            Durability.Fsync,
            ConstantValue.Of(name),
            ConstantValue.Of(op),
            ConstantValue.Of(position.Source),
            ConstantValue.Of(DataType.BigInt, position.Sequence),
            ConstantValue.Of(DataType.BigInt, position.Epoch)
        );

    /// <summary>How far a reader has come.</summary>
    /// <param name="Source">What it reads.</param>
    /// <param name="Sequence">Everything up to it has been acknowledged.</param>
    /// <param name="Epoch">The epoch in which it was.</param>
    internal sealed record Position(string Source, long Sequence, uint Epoch);
}
