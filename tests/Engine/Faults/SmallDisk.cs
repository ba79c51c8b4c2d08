using System.ComponentModel;
using System.Diagnostics;
using TickStore.Storage.Devices;
using TickStore.Tests.Support;

namespace TickStore.Tests.Engine.Faults;

/// <summary>
/// A disk of a few MiB: a real tmpfs where this process may mount one, or a simulated device with a quota. A ballast
/// file fills what is free of it, and makes room again.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private const string SimulatedFolder = "/disk/db";
    private readonly string? mountPoint;
    private readonly QuotaFileSystem? quota;

    private SmallDisk(string? mountPoint, QuotaFileSystem? quota) =>
        (this.mountPoint, this.quota) = (mountPoint, quota);

    public IFileSystem Files => quota is not null ? quota : PosixFileSystem.Shared;

    public string Folder => mountPoint is null ? SimulatedFolder : Path.Combine(mountPoint, "db");

    /// <summary>The disk, or null where it is to be real and this process may not mount one.</summary>
    public static SmallDisk? TryMake(bool isReal, long capacityBytes)
    {
        if (!isReal)
        {
            return new SmallDisk(null, new QuotaFileSystem(new FaultFileSystem(), capacityBytes));
        }

        var mountPoint = Directory.CreateTempSubdirectory("tickstore-tmpfs-").FullName;
        if (
            OperatingSystem.IsLinux()
            && Succeeds("mount", "-t", "tmpfs", "-o", $"size={capacityBytes}", "tmpfs", mountPoint)
        )
        {
            return new SmallDisk(mountPoint, null);
        }

        Directory.Delete(mountPoint);
        return null;
    }

    /// <summary>Leaves no byte free, or the number given.</summary>
    public void Fill(long freeBytes = 0)
    {
        if (quota is not null)
        {
            quota.FreeBytes = freeBytes;
            return;
        }

        using var ballast = new FileStream(
            BallastPath,
            FileMode.Create,
            FileAccess.Write,
            FileShare.None,
            bufferSize: 0
        );
        var bytes = new byte[4096];
        try
        {
            while (new DriveInfo(mountPoint!).AvailableFreeSpace > freeBytes)
            {
                ballast.Write(bytes);
            }
        }
        catch (IOException)
        {
            // Full: what this is for.
        }
    }

    /// <summary>Makes room: what the ballast took.</summary>
    public void Free(long freeBytes = 32 << 20)
    {
        if (quota is not null)
        {
            quota.FreeBytes = freeBytes;
            return;
        }

        File.Delete(BallastPath);
        Assert.True(Succeeds("mount", "-o", $"remount,size={64 << 20}", mountPoint!));
    }

    public void Dispose()
    {
        if (mountPoint is not null)
        {
            Assert.True(Succeeds("umount", "-l", mountPoint));
            Directory.Delete(mountPoint);
        }
    }

    private string BallastPath => Path.Combine(mountPoint!, "ballast");

    private static bool Succeeds(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true }
            )!;
            return process.WaitForExit(10_000) && process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
