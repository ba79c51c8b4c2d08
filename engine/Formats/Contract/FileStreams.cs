using TickStore.Core;

namespace TickStore.Formats;

/// <summary>Opening files with errors that say which one.</summary>
internal static class FileStreams
{
    private const int BufferBytes = 1 << 17;

    public static FileStream OpenRead(string path)
    {
        try
        {
            return new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read,
                BufferBytes,
                FileOptions.SequentialScan
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TickStoreException(ErrorCode.InvalidArgument, $"{path} cannot be read: {error.Message}", error)
            {
                Location = path,
            };
        }
    }

    public static long LengthBytes(string path)
    {
        using var file = OpenRead(path);
        return file.Length;
    }

    /// <summary>An error of the data itself, at a place.</summary>
    public static TickStoreException Malformed(string location, string what, Exception? cause = null) =>
        new(ErrorCode.MalformedData, $"{location}: {what}", cause) { Location = location };
}
