using TickStore.Core;

namespace TickStore.Streaming;

/// <summary>Whoever reads a tail, as the tail's writer sees it. Called on the thread that commits.</summary>
internal interface ITailReader
{
    /// <summary>A step ended.</summary>
    void OnStep(bool hasRows);

    /// <summary>The tail cannot go on.</summary>
    void OnFailed(TickStoreException error);
}
