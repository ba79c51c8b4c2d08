namespace TickStore.Streaming;

/// <summary>
/// Where time goes on the way from a tick to those who listen to a view, in histograms. Written by the thread that
/// steps; a reader on another thread sees counts that may be a moment old.
/// </summary>
public sealed class ViewLatencies
{
    private readonly LatencyHistogram receive = new();
    private readonly LatencyHistogram commit = new();
    private readonly LatencyHistogram view = new();
    private readonly LatencyHistogram push = new();

    /// <summary>The stages, in the order of the way: received to committed, commit to visible, the view's step, and the whole from the
    /// beginning of the commit until every listener had been told.</summary>
    public IReadOnlyList<string> Stages { get; } = ["receive", "commit", "view", "push"];

    /// <summary>Adds one commit.</summary>
    /// <param name="receiveNanos">From the rows' receive time to their commit; negative where that is not known.</param>
    /// <param name="commitNanos">From the beginning of the commit until it was visible.</param>
    /// <param name="viewNanos">From then until the view had stepped and its listeners had been told.</param>
    public void Add(long receiveNanos, long commitNanos, long viewNanos)
    {
        if (receiveNanos >= 0)
        {
            receive.Add(receiveNanos);
        }

        commit.Add(commitNanos);
        view.Add(viewNanos);
        push.Add(commitNanos + viewNanos);
    }

    /// <summary>Commits counted in a stage.</summary>
    public long CountOf(string stage) => Of(stage).Total;

    /// <summary>The time that a share (0 to 1) of all commits did not exceed in a stage, in microseconds.</summary>
    public double PercentileMicros(string stage, double share) => Of(stage).PercentileMicros(share);

    private LatencyHistogram Of(string stage) =>
        stage switch
        {
            "receive" => receive,
            "commit" => commit,
            "view" => view,
            _ => push,
        };
}
