using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace TickStore.EndToEnd.Engines.DuckDb;

/// <summary>
/// Q12: fetches rows of trades as a stream of data chunks, DuckDB's fastest way to a client, and looks at every value of what the
/// answer asks for. The columns must come as ts, sym, px, qty, side.
/// </summary>
internal static unsafe class DuckDbDelivery
{
    public static object[][] Read(DuckDBConnection connection, string sql)
    {
        var state = NativeMethods.PreparedStatements.DuckDBPrepare(connection.NativeConnection, sql, out var statement);
        using var prepared = statement;
        if (state != DuckDBState.Success)
        {
            throw new InvalidOperationException(NativeMethods.PreparedStatements.DuckDBPrepareError(statement));
        }

        state = NativeMethods.PreparedStatements.DuckDBExecutePreparedStreaming(statement, out var result);
        try
        {
            Check(state, ref result);
            var (rowCount, quantity, cents, isOrdered, latest) = (0L, 0L, 0L, 1L, long.MinValue);
            while (true)
            {
                using var chunk = NativeMethods.StreamingResult.DuckDBStreamFetchChunk(result);
                if (chunk.IsInvalid)
                {
                    Check(state, ref result);
                    return
                    [
                        [rowCount, quantity, cents, isOrdered],
                    ];
                }

                var count = (int)NativeMethods.DataChunks.DuckDBDataChunkGetSize(chunk);
                rowCount += count;
                quantity += Sum(Values<int>(chunk, 3, count));
                cents += Sum(Values<long>(chunk, 2, count));
                foreach (var time in Values<long>(chunk, 0, count))
                {
                    isOrdered &= time >= latest ? 1 : 0;
                    latest = time;
                }
            }
        }
        finally
        {
            NativeMethods.Query.DuckDBDestroyResult(ref result);
        }
    }

    private static ReadOnlySpan<T> Values<T>(DuckDBDataChunk chunk, int column, int count)
        where T : unmanaged
    {
        var vector = NativeMethods.DataChunks.DuckDBDataChunkGetVector(chunk, column);
        return new(NativeMethods.Vectors.DuckDBVectorGetData(vector), count);
    }

    private static long Sum(ReadOnlySpan<int> values)
    {
        var sum = 0L;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }

    private static long Sum(ReadOnlySpan<long> values)
    {
        var sum = 0L;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }

    private static void Check(DuckDBState state, ref DuckDBResult result)
    {
        // A stream that was interrupted ends early and says so only here.
        var error = NativeMethods.Query.DuckDBResultErrorType(ref result);
        if (error == DuckDBErrorType.Interrupt)
        {
            throw new TimeoutException("The stream of rows was stopped");
        }

        if (state != DuckDBState.Success || error != DuckDBErrorType.Invalid)
        {
            throw new InvalidOperationException(NativeMethods.Query.DuckDBResultError(ref result));
        }
    }
}
