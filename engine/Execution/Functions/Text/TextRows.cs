using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Makes one text out of the arguments of one row.</summary>
internal delegate void TextWriter(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output);

/// <summary>Makes one value out of the arguments of one row.</summary>
internal delegate T TextReader<T>(ReadOnlySpan<ColumnVector> arguments, int row);

/// <summary>The loops over rows of text; NULL rows are skipped.</summary>
internal static class TextRows
{
    /// <summary>A kernel that makes texts.</summary>
    public static ScalarKernel Write(TextWriter writer) =>
        (arguments, rowCount, result, _) =>
        {
            for (var i = 0; i < rowCount; i++)
            {
                var output = TextBuffer.Take();
                if (!Rows.AnyNull(arguments, i))
                {
                    writer(arguments, i, output);
                }

                result.AppendUtf8(output.Written);
            }
        };

    /// <summary>A kernel that makes values of fixed width.</summary>
    public static ScalarKernel Read<T>(TextReader<T> reader)
        where T : unmanaged =>
        (arguments, rowCount, result, _) =>
        {
            var target = result.Writable<T>()[..rowCount];
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = Rows.AnyNull(arguments, i) ? default : reader(arguments, i);
            }

            result.SetRowCount(rowCount);
        };
}
