using TickStore.Core;

namespace TickStore.Streaming;

/// <summary>How fast a replay runs: a multiple of the recorded pace, as fast as it can, or row by row.</summary>
public readonly record struct ReplaySpeed
{
    private ReplaySpeed(double multiple) => Multiple = multiple;

    /// <summary>As fast as the callback takes blocks.</summary>
    public static ReplaySpeed Max => new(double.PositiveInfinity);

    /// <summary>Only as many rows as <see cref="ReplaySession.Step"/> asks for.</summary>
    public static ReplaySpeed Step => new(0);

    /// <summary>The recorded pace.</summary>
    public static ReplaySpeed RealTime => new(1);

    /// <summary>Seconds of the recording that pass in one second; 0 for stepping, infinity for the maximum.</summary>
    public double Multiple { get; }

    /// <summary>True for <see cref="Max"/>.</summary>
    public bool IsMax => double.IsPositiveInfinity(Multiple);

    /// <summary>True for <see cref="Step"/>.</summary>
    public bool IsStep => Multiple == 0;

    /// <summary>A multiple of the recorded pace, above 0 and at most a million.</summary>
    public static ReplaySpeed Times(double multiple)
    {
        if (!(multiple > 0 && multiple <= 1e6))
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"A replay speed of {multiple:R} is not possible: above 0 and at most 1,000,000, or max, or step"
            );
        }

        return new(multiple);
    }

    /// <summary>The speed as the command line writes it: a number, <c>max</c> or <c>step</c>.</summary>
    public override string ToString() =>
        IsMax ? "max"
        : IsStep ? "step"
        : Multiple.ToString("R");
}
