using Spectre.Console;

namespace TickStore.Cli;

/// <summary>
/// A bar on standard error while something long is done; nothing at all where standard error is no terminal.
/// </summary>
internal sealed class ProgressBar
{
    private readonly ProgressTask? task;

    private ProgressBar(ProgressTask? task) => this.task = task;

    /// <summary>Does <paramref name="work"/> under a bar, which goes away at the end.</summary>
    public static T Run<T>(string label, Func<ProgressBar, T> work)
    {
        if (!Terminal.ShowsErrors)
        {
            return work(new ProgressBar(null));
        }

        return Terminal
            .OpenErrors()
            .Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new SpinnerColumn(Spinner.Known.Line)
            )
            .Start(progress => work(new ProgressBar(progress.AddTask(Markup.Escape(label), maxValue: 1))));
    }

    /// <summary>Says how far the work is.</summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="text">What is being done, with figures.</param>
    public void Report(double share, string text)
    {
        if (task is not null)
        {
            task.Value = share;
            task.Description = Markup.Escape(text);
        }
    }

    /// <summary>Says what is being done, where nobody knows how long it takes.</summary>
    public void Report(string text)
    {
        if (task is not null)
        {
            task.IsIndeterminate = true;
            task.Description = Markup.Escape(text);
        }
    }
}
