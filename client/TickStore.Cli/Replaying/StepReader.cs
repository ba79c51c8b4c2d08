using System.Globalization;
using TickStore.Streaming;

namespace TickStore.Cli;

/// <summary>
/// Steps a replay by what is typed: Enter plays a row, a number so many rows, q or the end of the input ends the
/// replay.
/// </summary>
internal static class StepReader
{
    /// <summary>
    /// Reads lines on a thread of its own; when they end, so does the replay, after the rows asked for.
    /// </summary>
    public static void Start(ReplaySession session, TextReader input)
    {
        var thread = new Thread(() =>
        {
            while (input.ReadLine() is { } line && line.Trim() is not "q")
            {
                var isNumber =
                    long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && rows > 0;
                if (isNumber || line.Length == 0)
                {
                    session.Step(isNumber ? rows : 1);
                }
                else
                {
                    Console.Error.WriteLine($"'{line}' is no step: Enter for a row, a number of rows, or q");
                }
            }

            session.EndSteps();
        })
        {
            IsBackground = true,
            Name = "steps",
        };
        thread.Start();
    }
}
