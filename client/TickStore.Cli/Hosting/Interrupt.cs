using System.Runtime.InteropServices;

namespace TickStore.Cli;

/// <summary>
/// Ctrl-C and SIGTERM as a cancellation: the first one asks the work to stop where it is whole, the second one ends
/// the process.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private volatile CancellationTokenSource? step;

    public Interrupt()
    {
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel),
        ];
    }

    /// <summary>Cancelled when the whole command is to stop.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>
    /// Lets the next Ctrl-C stop only what is done with this source, as a statement at a prompt. Ends with <see cref="EndStep"/>.
    /// </summary>
    public void BeginStep(CancellationTokenSource stop) => step = stop;

    /// <summary>Ctrl-C stops the whole command again.</summary>
    public void EndStep() => step = null;

    public void Dispose()
    {
        Array.ForEach(registrations, r => r.Dispose());
        source.Dispose();
    }

    private void Cancel(PosixSignalContext context)
    {
        if (step is { IsCancellationRequested: false } running && context.Signal == PosixSignal.SIGINT)
        {
            context.Cancel = true;
            running.Cancel();
            return;
        }

        context.Cancel = !source.IsCancellationRequested;
        source.Cancel();
    }
}
