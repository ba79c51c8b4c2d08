using TickStore.Streaming;

namespace TickStore;

/// <summary>A replay over a snapshot of a database. Disposing of it closes the snapshot.</summary>
public sealed class DatabaseReplay : IDisposable
{
    private readonly DatabaseSnapshot snapshot;

    internal DatabaseReplay(ReplaySession session, DatabaseSnapshot snapshot)
    {
        Session = session;
        this.snapshot = snapshot;
    }

    /// <summary>Runs, paces and controls it.</summary>
    public ReplaySession Session { get; }

    /// <summary>Plays to the end; see <see cref="ReplaySession.Run"/>.</summary>
    public ReplayReport Run(ReplayCallback callback, CancellationToken cancellationToken = default) =>
        Session.Run(callback, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => snapshot.Dispose();
}
