using System.ComponentModel;
using System.Diagnostics;

namespace R1Reward.Data.Media.Decoding;

/// <summary>
/// Runs ffmpeg and ffprobe on files of video and sound and reads what they write to their standard output; no temporary
/// files are made. At most one process per core runs at a time.
/// </summary>
internal sealed class Ffmpeg(DecodingOptions options)
{
    private readonly SemaphoreSlim _slots = new(Environment.ProcessorCount);

    /// <summary>
    /// Arguments that keep a hostile file from making ffmpeg open others, or allocate more than is allowed.
    /// </summary>
    public IEnumerable<string> Guards() => ["-protocol_whitelist", "file", "-max_pixels", options.MaxPixels.ToString()];

    /// <summary>Runs ffmpeg to its end.</summary>
    /// <param name="arguments">Arguments of the program, which starts no shell.</param>
    /// <param name="read">Reads the standard output, to its end or as far as it needs.</param>
    /// <param name="cancellation">Ends the process when it is cancelled.</param>
    /// <param name="input">What it reads from its standard input; null: nothing.</param>
    /// <returns>What it wrote to standard error.</returns>
    /// <exception cref="MediaException">It took longer than allowed.</exception>
    /// <exception cref="UserErrorException">It cannot be started.</exception>
    public async Task<string> DecodeAsync(
        IEnumerable<string> arguments,
        Func<Stream, Task> read,
        CancellationToken cancellation,
        ReadOnlyMemory<byte>? input = null)
    {
        var (_, log) = await RunAsync(options.Ffmpeg, arguments, read, cancellation, input).ConfigureAwait(false);
        return log;
    }

    /// <summary>Runs ffprobe to its end.</summary>
    /// <returns>Exit code, standard output, standard error.</returns>
    /// <exception cref="MediaException">It took longer than allowed.</exception>
    /// <exception cref="UserErrorException">It cannot be started.</exception>
    public async Task<(int ExitCode, string Output, string Log)> ProbeAsync(
        IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var output = "";
        var (code, log) = await RunAsync(options.Ffprobe, arguments, Read, cancellation).ConfigureAwait(false);
        return (code, output, log);

        async Task Read(Stream stream)
        {
            using var reader = new StreamReader(stream);
            output = await reader.ReadToEndAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task<(int ExitCode, string Log)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        Func<Stream, Task> read,
        CancellationToken cancellation,
        ReadOnlyMemory<byte>? input = null)
    {
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            using var process = Start(program, arguments);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(options.Timeout);

            // Ending the process ends every read below, whether the platform can cancel a pending read of a pipe or
            // not.
            using var stop = limit.Token.Register(() => Kill(process));
            try
            {
                var written = WriteAsync(process.StandardInput, input);
                var log = process.StandardError.ReadToEndAsync(CancellationToken.None);
                await read(process.StandardOutput.BaseStream).ConfigureAwait(false);
                var text = await log.ConfigureAwait(false);
                await written.ConfigureAwait(false);
                await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                return limit.IsCancellationRequested
                    ? throw new MediaException(
                        MediaStatus.TimedOut, $"was not decoded within {options.Timeout.TotalSeconds:0.##} s")
                    : (process.ExitCode, text);
            }
            finally
            {
                Kill(process);
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    private static async Task WriteAsync(StreamWriter standardInput, ReadOnlyMemory<byte>? input)
    {
        try
        {
            if (input is { } bytes)
            {
                await standardInput.BaseStream.WriteAsync(bytes).ConfigureAwait(false);
            }

            standardInput.Close();
        }
        catch (IOException)
        {
            // It has what it needs, or has ended; its log says why.
        }
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception error)
        {
            throw new UserErrorException(
                $"{program}: cannot be started ({error.Message.TrimEnd('.')}), and videos and compressed sounds need "
                + "it; install ffmpeg 4.4 or later and see that it is on the PATH",
                error);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
