using System.Runtime.InteropServices;
using System.Text;

namespace TickStore.EndToEnd.Engines.ClickHouse;

/// <summary>
/// A session of the embedded ClickHouse. One statement at a time; a second connection to the same folder may run beside it.
/// Everything it makes must be disposed before it.
/// </summary>
internal sealed class ChDbConnection : IDisposable
{
    private const string TimeoutCode = "Code: 159.";
    private readonly nint outer;
    private readonly nint handle;

    private ChDbConnection(nint outer) => (this.outer, handle) = (outer, Marshal.ReadIntPtr(outer));

    /// <summary>Starts the engine on a folder, or adds a session where it runs there already.</summary>
    public static ChDbConnection Open(string folder)
    {
        nint[] arguments =
        [
            Marshal.StringToCoTaskMemUTF8("clickhouse"),
            Marshal.StringToCoTaskMemUTF8($"--path={folder}"),
        ];
        try
        {
            var outer = ChDbApi.Connect(arguments.Length, arguments);
            return outer != 0
                ? new(outer)
                : throw new InvalidOperationException($"ClickHouse could not open the folder {folder}");
        }
        finally
        {
            Array.ForEach(arguments, Marshal.FreeCoTaskMem);
        }
    }

    /// <summary>Runs a statement whose result nobody wants.</summary>
    public void Execute(string sql)
    {
        using var _ = Query(sql, "Null");
    }

    /// <summary>Runs a statement to its end.</summary>
    /// <param name="sql">One statement; after an INSERT ... FORMAT it may go on with data.</param>
    /// <param name="format">What the bytes of the result are to be.</param>
    /// <exception cref="TimeoutException">It took longer than max_execution_time.</exception>
    public ChDbResult Query(string sql, string format) => Query(Encoding.UTF8.GetBytes(sql), format);

    /// <inheritdoc cref="Query(string, string)"/>
    public ChDbResult Query(ReadOnlySpan<byte> sql, string format)
    {
        var name = Encoding.UTF8.GetBytes(format);
        return Check(ChDbApi.Query(handle, sql, (nuint)sql.Length, name, (nuint)name.Length));
    }

    /// <summary>Starts a SELECT whose result comes in chunks, each a piece of the whole in the given format.</summary>
    public ChDbStream Stream(string sql, string format)
    {
        var (text, name) = (Encoding.UTF8.GetBytes(sql), Encoding.UTF8.GetBytes(format));
        return new(this, Check(ChDbApi.StreamQuery(handle, text, (nuint)text.Length, name, (nuint)name.Length)));
    }

    /// <summary>Starts an INSERT without FORMAT, whose data follows in pieces.</summary>
    public ChDbInsert Insert(string sql, string format)
    {
        var (text, name) = (Encoding.UTF8.GetBytes(sql), Encoding.UTF8.GetBytes(format));
        return new(ChDbApi.StreamInsert(handle, text, (nuint)text.Length, name, (nuint)name.Length));
    }

    /// <summary>The next piece of a stream; empty at its end.</summary>
    internal ChDbResult Fetch(nint stream) => Check(ChDbApi.FetchChunk(handle, stream));

    public void Dispose() => ChDbApi.Close(outer);

    /// <summary>Wraps a result, or throws the error that it holds and destroys it.</summary>
    internal static ChDbResult Check(nint result)
    {
        if (result == 0)
        {
            throw new InvalidOperationException("ClickHouse gave no result at all");
        }

        if (Marshal.PtrToStringUTF8(ChDbApi.ResultError(result)) is not { } error)
        {
            return new(result);
        }

        ChDbApi.DestroyResult(result);
        throw error.Contains(TimeoutCode, StringComparison.Ordinal)
            ? new TimeoutException(error)
            : new InvalidOperationException($"ClickHouse: {error}");
    }
}
