namespace TickStore.Storage.Catalog;

/// <summary>
/// Where each opening of the database began: the last sequence that it found. What an earlier opening had shown beyond was lost with the
/// crash that ended it. An entry for each opening that found new rows.
/// </summary>
internal sealed class EpochStarts
{
    private EpochStart[] starts = [];

    /// <summary>All of them, ascending. Never changed; another one takes its place.</summary>
    public IReadOnlyList<EpochStart> All => Volatile.Read(ref starts);

    /// <summary>Takes over what the manifest notes.</summary>
    public void Restore(IEnumerable<EpochStart> noted) => Volatile.Write(ref starts, [.. noted]);

    /// <summary>An opening began here.</summary>
    public void Add(uint epoch, long sequence)
    {
        var known = starts;
        if (known.Length > 0 && known[^1].Epoch >= epoch)
        {
            return;
        }

        // The opening before saw no row: where it ended is where this one begins, so that one entry says both.
        var kept = known.Length > 0 && known[^1].Sequence == sequence ? known[..^1] : known;
        Volatile.Write(ref starts, [.. kept, new EpochStart(epoch, sequence)]);
    }

    /// <summary>The last sequence of a past opening that lived on; null for one that has not ended.</summary>
    public long? EndOf(uint epoch)
    {
        foreach (var start in Volatile.Read(ref starts))
        {
            if (start.Epoch > epoch)
            {
                return start.Sequence;
            }
        }

        return null;
    }
}

/// <summary>Where an opening of the database began.</summary>
/// <param name="Epoch">The opening.</param>
/// <param name="Sequence">The last sequence that it found.</param>
internal readonly record struct EpochStart(uint Epoch, long Sequence);
