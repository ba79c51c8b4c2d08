namespace TickStore;

/// <summary>What one statement of a script did. Dispose of it to close its rows.</summary>
/// <param name="Statement">What it was: SELECT, EXPLAIN, INSERT, COPY, CREATE TABLE and so on: its first words.</param>
/// <param name="RowCount">Rows written; 0 for statements that write none.</param>
/// <param name="LastSequence">
/// The <c>_seq</c> of the last row written; else the last one that was visible when the statement ran.
/// </param>
/// <param name="Rows">The rows of a query, computed as they are read; null for other statements.</param>
public sealed record StatementResult(string Statement, long RowCount, long LastSequence, QueryResult? Rows = null)
    : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Rows?.Dispose();
}
