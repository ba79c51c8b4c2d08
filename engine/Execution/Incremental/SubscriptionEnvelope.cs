namespace TickStore.Execution;

/// <summary>How changes are told.</summary>
public enum SubscriptionEnvelope : byte
{
    /// <summary>Every change: insert, update, delete, with its cause.</summary>
    Delta,

    /// <summary>Of each block (or interval of conflation) the last change of each key: an update that puts a row, or a delete.</summary>
    Upsert,
}
