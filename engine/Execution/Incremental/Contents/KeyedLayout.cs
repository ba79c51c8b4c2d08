using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Where the columns of a page lie in its block: for each column 1,024 values a level, level by level, then a byte a row that tells NULL
/// from values where the column may hold NULL. A VARCHAR holds where its bytes lie among the page's texts.
/// <code>
///   | column 0: level 0, 1,024 values | level 1 ... | column 1 ... | validity of nullable columns, 1,024 bytes each |
/// </code>
/// </summary>
internal sealed class KeyedLayout
{
    /// <summary>Rows of a page: as many as one encoded vector may hold.</summary>
    public const int PageRows = 1024;

    /// <summary>A row's number is its page's number shifted by this, and its place in the page.</summary>
    public const int PageShift = 10;

    public KeyedLayout(BatchSchema schema)
    {
        Schema = schema;
        Columns = new KeyedColumn[schema.ColumnCount];
        var at = 0L;
        for (var i = 0; i < Columns.Length; i++)
        {
            var type = schema[i].Type;
            var isText = type.Kind == TypeKind.Varchar;
            var width = isText ? KeyedText.SizeInBytes : type.ElementBytes;
            Columns[i] = new KeyedColumn(type, width, type.LevelCount, isText, (int)at, -1);
            HasText |= isText;
            at += (long)width * type.LevelCount * PageRows;
            if (at > 1 << 29)
            {
                Throw.Error(ErrorCode.NotSupported, $"Rows of {at / PageRows:N0} bytes are too wide to be kept");
            }
        }

        for (var i = 0; i < Columns.Length; i++)
        {
            if (schema[i].Nullable)
            {
                Columns[i] = Columns[i] with { ValidityOffsetBytes = (int)at };
                at += PageRows;
            }
        }

        SlabBytes = (int)at;
    }

    /// <summary>Names and types of the columns.</summary>
    public BatchSchema Schema { get; }

    /// <summary>Where each column lies.</summary>
    public KeyedColumn[] Columns { get; }

    /// <summary>Bytes of a page without its texts.</summary>
    public int SlabBytes { get; }

    /// <summary>True where a column is VARCHAR.</summary>
    public bool HasText { get; }
}

/// <summary>Where one column lies in the block of a page.</summary>
/// <param name="Type">The column's type.</param>
/// <param name="Width">Bytes of a value of one level; of a VARCHAR those of a <see cref="KeyedText"/>.</param>
/// <param name="LevelCount">Levels of an array; 1 for a scalar.</param>
/// <param name="IsText">True for VARCHAR.</param>
/// <param name="OffsetBytes">Where row 0 of level 0 lies.</param>
/// <param name="ValidityOffsetBytes">Where the validity of row 0 lies; -1 where the column is NOT NULL.</param>
internal readonly record struct KeyedColumn(
    DataType Type,
    int Width,
    int LevelCount,
    bool IsText,
    int OffsetBytes,
    int ValidityOffsetBytes
);

/// <summary>Where a text lies among those of its page.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Capacity">How many it may have there: what the longest one at its place had.</param>
internal readonly record struct KeyedText(int Start, int Length, int Capacity)
{
    /// <summary>Size of a text's place in a block.</summary>
    public const int SizeInBytes = 12;
}
