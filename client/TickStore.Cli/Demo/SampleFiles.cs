using TickStore.Core;

namespace TickStore.Cli;

/// <summary>Finds the recordings that the repository holds.</summary>
internal static class SampleFiles
{
    /// <summary>Path of a sample; throws where the samples are not there.</summary>
    public static string Find(string path)
    {
        foreach (var start in (ReadOnlySpan<string>)[AppContext.BaseDirectory, Environment.CurrentDirectory])
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                var file = Path.Combine(folder.FullName, "samples", path);
                if (File.Exists(file))
                {
                    return file;
                }
            }
        }

        throw new TickStoreException(
            ErrorCode.InvalidArgument,
            $"samples/{path} was not found above {AppContext.BaseDirectory} or {Environment.CurrentDirectory}: "
                + "run the demo in a clone of the repository"
        );
    }
}
