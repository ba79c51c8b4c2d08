using TickStore.Streaming;

namespace TickStore.Engine.Views;

/// <summary>One view of the database: what it is, and what keeps it up.</summary>
internal sealed class LiveView(ViewDefinition definition, long createdSequence)
{
    /// <summary>What it is.</summary>
    public ViewDefinition Definition { get; } = definition;

    /// <summary>The last <c>_seq</c> before it was made.</summary>
    public long CreatedSequence { get; } = createdSequence;

    /// <summary>What keeps it up; null where that could not even be built.</summary>
    public View? View { get; set; }

    /// <summary>The views that it steps with.</summary>
    public ViewGroup? Group { get; set; }

    /// <summary>Why it could not be built, where <see cref="View"/> is null.</summary>
    public Exception? BuildError { get; set; }

    /// <summary>What writes an alert's firings to its table, or null.</summary>
    public AlertWriter? Writer { get; set; }

    /// <summary>True while it steps inline with every commit. Changed under the sequencer's lock.</summary>
    public bool IsAttached { get; set; }

    /// <summary>How long steps took, and how long after the commit began its listeners had been told.</summary>
    public ViewLatencies Latencies { get; } = new();
}
