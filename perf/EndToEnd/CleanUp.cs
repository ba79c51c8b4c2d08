using System.Runtime.InteropServices;
using TickStore.EndToEnd.Workers;

namespace TickStore.EndToEnd;

/// <summary>Leaves no server and no folder behind, however a run ends.</summary>
internal sealed class CleanUp(Arguments arguments) : IDisposable
{
    private int interruptions;

    /// <summary>Ends the process after Ctrl-C, once everything is tidy.</summary>
    public void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref interruptions) > 1)
        {
            return;
        }

        Console.Error.WriteLine("interrupted");
        Dispose();
        Environment.Exit(130);
    }

    /// <summary>
    /// An interrupted run fails somewhere, for its workers are gone: waits then until the signal's handler has ended the process.
    /// </summary>
    /// <returns>False where nobody interrupted it.</returns>
    public bool WaitIfInterrupted()
    {
        if (Volatile.Read(ref interruptions) > 0)
        {
            Thread.Sleep(Timeout.Infinite);
        }

        return false;
    }

    public void Dispose()
    {
        WorkerProcess.KillAll();
        if (arguments.Keep)
        {
            Console.Error.WriteLine($"  the databases are kept: --reuse {arguments.Folder}");
        }
        else
        {
            Delete(arguments.Folder);
        }
    }

    // What runs in this process, the latencies say, may write a file in between.
    private static void Delete(string folder)
    {
        const int tries = 5;
        for (var i = 1; Directory.Exists(folder); i++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException) when (i < tries)
            {
                Thread.Sleep(100);
            }
        }
    }
}
