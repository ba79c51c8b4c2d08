// A slow, obvious twin of KeyedRows: a dictionary from keys to rows as text, and random changes for both.
using System.Globalization;
using System.Text;
using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Execution.Incremental;

internal sealed class KeyedTwin(BatchSchema schema, IReadOnlyList<int> keyColumns) : IDisposable
{
    public static BlockPool NewPool(long budgetBytes = 1L << 30) => new(new MemoryBudget(budgetBytes, "test"));

    public Dictionary<string, string> Rows { get; private set; } = [];

    public BlockPool OwnPool { get; } = NewPool();

    /// <summary>Rows of a batch as text, NULLs and levels included; equal bits are equal texts.</summary>
    public static string Text(Batch batch, int row, IEnumerable<int> columns)
    {
        var text = new StringBuilder();
        foreach (var column in columns)
        {
            var vector = batch[column];
            if (vector.IsNull(row))
            {
                text.Append("NULL|");
            }
            else if (vector.Type.Kind == TypeKind.Varchar)
            {
                text.Append(Encoding.UTF8.GetString(vector.Utf8(row))).Append('|');
            }
            else
            {
                for (var level = 0; level < vector.Type.LevelCount; level++)
                {
                    var width = vector.Type.ElementBytes;
                    text.Append(Convert.ToHexString(vector.LevelBytes(level).Slice(row * width, width))).Append('|');
                }
            }
        }

        return text.ToString();
    }

    public static SortedDictionary<string, string> Read(IKeyedSource source)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var reader = source.Open();
        while (reader.Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                found.Add(
                    Text(batch, row, source.KeyColumns),
                    Text(batch, row, Enumerable.Range(0, batch.ColumnCount))
                );
            }
        }

        return found;
    }

    /// <summary>Random upserts and deletes of few or many keys.</summary>
    public (Batch Rows, DeltaOp[] Ops) Change(Random random, int rowCount, int keyCount, double deletes)
    {
        var batch = Batch.Allocate(schema, rowCount, OwnPool);
        var ops = new DeltaOp[rowCount];
        for (var row = 0; row < rowCount; row++)
        {
            ops[row] = random.NextDouble() < deletes ? DeltaOp.Delete : DeltaOp.Upsert;
            var key = random.Next(keyCount);
            for (var i = 0; i < schema.ColumnCount; i++)
            {
                var isKey = keyColumns.Contains(i);
                Append(
                    batch[i],
                    schema[i],
                    isKey,
                    isKey ? key : random.Next(),
                    isKey ? key % 7 == 3 : random.Next(5) == 0
                );
            }
        }

        batch.SetRowCount(rowCount);
        return (batch, ops);
    }

    /// <summary>Applies changes; yields what each row was, null where its key was not there.</summary>
    public List<string?> Apply(Batch batch, DeltaOp[] ops)
    {
        var old = new List<string?>();
        for (var row = 0; row < batch.RowCount; row++)
        {
            var key = Text(batch, row, keyColumns);
            old.Add(Rows.GetValueOrDefault(key));
            if (ops[row] == DeltaOp.Delete)
            {
                Rows.Remove(key);
            }
            else
            {
                Rows[key] = Text(batch, row, Enumerable.Range(0, schema.ColumnCount));
            }
        }

        return old;
    }

    public SortedDictionary<string, string> Copy() => new(Rows, StringComparer.Ordinal);

    public void Dispose() => GC.SuppressFinalize(this);

    private static void Append(ColumnVector vector, ColumnSchema column, bool isKey, int value, bool isNull)
    {
        if (column.Nullable && isNull)
        {
            vector.AppendNull();
            return;
        }

        if (column.Type.Kind == TypeKind.Varchar)
        {
            var text = value.ToString(CultureInfo.InvariantCulture);
            vector.AppendUtf8(Encoding.UTF8.GetBytes(isKey ? text : new string('x', Math.Abs(value) % 40) + text));
            return;
        }

        var row = vector.RowCount;
        vector.EnsureCapacity(row + 1);
        for (var level = 0; level < vector.Type.LevelCount; level++)
        {
            switch (vector.Type.Physical)
            {
                case PhysicalType.Byte:
                    vector.Writable<byte>(level)[row] = (byte)(value & 1);
                    break;
                case PhysicalType.Int16:
                    vector.Writable<short>(level)[row] = (short)(value + level);
                    break;
                case PhysicalType.Int32:
                    vector.Writable<int>(level)[row] = value + level;
                    break;
                case PhysicalType.Int64:
                    vector.Writable<long>(level)[row] = ((long)value << 20) + level;
                    break;
                case PhysicalType.Float:
                    vector.Writable<float>(level)[row] = value * 0.5f;
                    break;
                case PhysicalType.Double:
                    vector.Writable<double>(level)[row] = (value * 0.25) + level;
                    break;
                default:
                    vector.Writable<Interval>(level)[row] = new Interval(0, 0, value);
                    break;
            }
        }

        vector.SetRowCount(row + 1);
        if (vector.MayHaveNulls)
        {
            vector.WritableValidity()[row] = 1;
        }
    }
}
