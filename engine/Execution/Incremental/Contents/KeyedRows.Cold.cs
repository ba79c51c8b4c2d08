using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Pages that are no longer needed as they are: empty ones go, and those that do not change are encoded.</summary>
public sealed partial class KeyedRows
{
    // A page whose last row went gives its memory back, once nothing of the batch is to be read from it any more. One stays, so that a
    // row that comes and goes takes no page each time.
    private void FreeEmptyPages(in DeltaBatch delta)
    {
        for (var row = 0; row < delta.RowCount; row++)
        {
            if (numbers[row] is < 0 and > int.MinValue and var freed)
            {
                var pageNumber = ~freed >> KeyedLayout.PageShift;
                if (pages[pageNumber] is { LiveCount: 0 } page && openPages.Count > 1)
                {
                    openPages.Remove(pageNumber);
                    freePageNumbers.Add(pageNumber);
                    pages[pageNumber] = null;
                    hotCount--;
                    page.Release();
                }
            }
        }
    }

    private void LookForCold(int rowCount)
    {
        for (rowsToLook += rowCount; rowsToLook >= RowsPerLook; rowsToLook -= RowsPerLook)
        {
            if (hotCount <= hotPagesMin)
            {
                rowsToLook = 0;
                return;
            }

            hand = hand + 1 < pages.Count ? hand + 1 : 0;
            if (pages[hand] is { Data: not null } page && ++page.Age > AgeToEncode && page.LiveCount > 0)
            {
                Encode(hand);
            }
        }
    }

    // Encoding needs memory before it gives some back; where the budget has none left, the page stays as it is.
    private void Encode(int pageNumber)
    {
        var page = pages[pageNumber]!;
        var encoded = page.TryCopyEncoded(codec);
        if (encoded is not null)
        {
            hotCount--;
            page.Release();
            pages[pageNumber] = encoded;
        }
    }
}
