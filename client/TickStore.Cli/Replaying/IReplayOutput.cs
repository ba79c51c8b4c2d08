using TickStore.Streaming;

namespace TickStore.Cli;

/// <summary>Takes the rows of a replay, in its order.</summary>
internal interface IReplayOutput : IDisposable
{
    /// <summary>Writes the rows of a block.</summary>
    void Write(ReplayBlock block);

    /// <summary>Makes what was written visible to the reader.</summary>
    void Flush();

    /// <summary>Writes what must stand after the last row.</summary>
    void Finish();
}
