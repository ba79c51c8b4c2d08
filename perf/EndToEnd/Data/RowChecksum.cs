namespace TickStore.EndToEnd.Data;

/// <summary>
/// What every engine must agree on before any figure is shown. All sums are exact: prices count in cents.
/// </summary>
/// <param name="RowCount">Rows.</param>
/// <param name="Quantity">Sum of qty (trades), bid_size (quotes) or volume (snapshots).</param>
/// <param name="Notional">Sum of px, bid or last x that quantity, in cents.</param>
/// <param name="Book">
/// Quotes: sum of ask x ask_size, in cents; snapshots: sum of price x size over both sides' tenth level; 0 for trades.
/// </param>
internal readonly record struct RowChecksum(long RowCount, long Quantity, long Notional, long Book)
{
    public static RowChecksum operator +(RowChecksum a, RowChecksum b) =>
        new(a.RowCount + b.RowCount, a.Quantity + b.Quantity, a.Notional + b.Notional, a.Book + b.Book);

    /// <summary>Fails the run where an engine holds or returns other rows than it was given.</summary>
    public void MustEqual(RowChecksum other, string what)
    {
        if (this != other)
        {
            throw new InvalidDataException($"{what} differs: {other} instead of {this}");
        }
    }
}
