using TickStore.Storage.Log;

namespace TickStore.Storage.Recovery;

/// <summary>What frames of the log are for. The ledger of <c>docs/format/batch.md</c>: never reuse a number.</summary>
internal static class FrameTypes
{
    /// <summary>Rows of one or more tables, with the symbols they introduce.</summary>
    public const ushort Commit = LogFrameType.FirstUserType;

    /// <summary>A table was made.</summary>
    public const ushort CreateTable = Commit + 1;

    /// <summary>A table was dropped.</summary>
    public const ushort DropTable = Commit + 2;

    /// <summary>A source began.</summary>
    public const ushort OpenSource = Commit + 3;

    /// <summary>A source said how far time has come, became idle, or ended.</summary>
    public const ushort Mark = Commit + 4;

    /// <summary>A place for replay to begin; says nothing.</summary>
    public const ushort Checkpoint = Commit + 5;
}

/// <summary>What a MARK says of its source. Numbers are written to the log.</summary>
internal enum MarkKind : byte
{
    /// <summary>Nothing older than the event time will come.</summary>
    EventTime = 1,

    /// <summary>Nothing may come for a while: do not wait for it.</summary>
    Idle = 2,

    /// <summary>It ended, as an import does after its last file.</summary>
    Close = 3,
}
