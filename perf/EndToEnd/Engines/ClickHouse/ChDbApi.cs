using System.Reflection;
using System.Runtime.InteropServices;

namespace TickStore.EndToEnd.Engines.ClickHouse;

/// <summary>
/// The part of libchdb's C API (chdb.h) that is used here. Handles are opaque pointers; a result that is not null must be destroyed.
/// </summary>
/// <remarks>
/// libchdb would take over SIGSEGV and others at its start, which .NET needs for null references: it is told not to before the
/// first connection opens, and since 26.7.3 it then leaves the host's handlers as they are.
/// </remarks>
internal static partial class ChDbApi
{
    private const string Library = "chdb";
    private static nint library;

    /// <summary>Loads the library. To be called once, before anything else of this class.</summary>
    /// <exception cref="DllNotFoundException">It is not a library that fits this machine.</exception>
    public static void Load(string path)
    {
        if (library != 0)
        {
            return;
        }

        library = NativeLibrary.Load(path);
        NativeLibrary.SetDllImportResolver(
            Assembly.GetExecutingAssembly(),
            static (name, _, _) => name == Library ? library : 0
        );
        SetSignalHandlersEnabled(0);
    }

    [LibraryImport(Library, EntryPoint = "chdb_connect")]
    public static partial nint Connect(int argumentCount, nint[] arguments);

    [LibraryImport(Library, EntryPoint = "chdb_close_conn")]
    public static partial void Close(nint connection);

    [LibraryImport(Library, EntryPoint = "chdb_query_n")]
    public static partial nint Query(
        nint connection,
        ReadOnlySpan<byte> sql,
        nuint sqlBytes,
        ReadOnlySpan<byte> format,
        nuint formatBytes
    );

    [LibraryImport(Library, EntryPoint = "chdb_stream_query_n")]
    public static partial nint StreamQuery(
        nint connection,
        ReadOnlySpan<byte> sql,
        nuint sqlBytes,
        ReadOnlySpan<byte> format,
        nuint formatBytes
    );

    [LibraryImport(Library, EntryPoint = "chdb_stream_fetch_result")]
    public static partial nint FetchChunk(nint connection, nint stream);

    [LibraryImport(Library, EntryPoint = "chdb_stream_insert_n")]
    public static partial nint StreamInsert(
        nint connection,
        ReadOnlySpan<byte> sql,
        nuint sqlBytes,
        ReadOnlySpan<byte> format,
        nuint formatBytes
    );

    [LibraryImport(Library, EntryPoint = "chdb_stream_append")]
    public static partial int Append(nint insert, ReadOnlySpan<byte> data, nuint bytes);

    [LibraryImport(Library, EntryPoint = "chdb_stream_done")]
    public static partial nint FinishInsert(nint insert);

    [LibraryImport(Library, EntryPoint = "chdb_stream_cancel_insert")]
    public static partial void CancelInsert(nint insert);

    [LibraryImport(Library, EntryPoint = "chdb_stream_insert_error")]
    public static partial nint InsertError(nint insert);

    [LibraryImport(Library, EntryPoint = "chdb_destroy_insert_stream")]
    public static partial void DestroyInsert(nint insert);

    [LibraryImport(Library, EntryPoint = "chdb_result_buffer")]
    public static partial nint ResultBuffer(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_length")]
    public static partial nuint ResultBytes(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_error")]
    public static partial nint ResultError(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_destroy_query_result")]
    public static partial void DestroyResult(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_set_signal_handlers_enabled")]
    private static partial void SetSignalHandlersEnabled(int enabled);
}
