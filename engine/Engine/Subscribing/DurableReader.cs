namespace TickStore;

/// <summary>A named reader, whose position the database keeps.</summary>
/// <param name="Name">Its name; case matters.</param>
/// <param name="Source">The table or view that it reads.</param>
/// <param name="Position">Everything up to this sequence has been acknowledged.</param>
/// <param name="Epoch">The epoch in which it was.</param>
/// <param name="SequenceLag">How far the newest row of what it reads lies beyond that; 0 where there is none.</param>
/// <param name="IsLive">True while a subscription reads as it.</param>
public sealed record DurableReader(
    string Name,
    string Source,
    long Position,
    uint Epoch,
    long SequenceLag,
    bool IsLive
);
