namespace TickStore.Streaming;

/// <summary>What a pushed row does to what its subscriber knows.</summary>
public enum ChangeOp : byte
{
    /// <summary>A row with a new key.</summary>
    Insert,

    /// <summary>The row takes the place of the one that had its key.</summary>
    Update,

    /// <summary>The row with this key is gone; only the columns of the key have values, the others are NULL.</summary>
    Delete,
}
