namespace TickStore.Storage;

/// <summary>What a commit waits for before it returns.</summary>
public enum Durability : byte
{
    /// <summary>The rows are on the device: they survive kill -9 and power loss. Callers share one sync (group
    /// commit).</summary>
    Fsync,

    /// <summary>The rows are visible; the device has them some milliseconds later. A crash may lose whole
    /// commits.</summary>
    Async,
}
