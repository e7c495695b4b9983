using System.ComponentModel;
using System.Diagnostics;

namespace R1Reward.Data.Media.Decoding;

/// <summary>Runs ffmpeg and ffprobe: bytes in, bytes out, no files of our own. At most one process per core at a time.</summary>
internal sealed class Ffmpeg(DecodingOptions options)
{
    private readonly SemaphoreSlim _slots = new(Environment.ProcessorCount);

    /// <summary>Arguments that keep a hostile file from making ffmpeg open others, or allocate more than is allowed.</summary>
    public IEnumerable<string> Guards(string protocol) => ["-protocol_whitelist", protocol, "-max_pixels", options.MaxPixels.ToString()];

    /// <summary>Runs ffmpeg to its end.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads from standard input.</param>
    /// <param name="read">Reads its standard output.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Exit code, and what it wrote to standard error.</returns>
    /// <exception cref="MediaException">It took longer than allowed.</exception>
    /// <exception cref="UserErrorException">It cannot be started.</exception>
    public Task<(int ExitCode, string Log)> DecodeAsync(
        IEnumerable<string> arguments, ReadOnlyMemory<byte> input, Func<Stream, Task> read, CancellationToken cancellation) =>
        RunAsync(options.Ffmpeg, arguments, input, read, cancellation);

    /// <summary>Runs ffprobe to its end.</summary>
    /// <returns>Exit code, standard output, standard error.</returns>
    /// <exception cref="MediaException">It took longer than allowed.</exception>
    /// <exception cref="UserErrorException">It cannot be started.</exception>
    public async Task<(int ExitCode, string Output, string Log)> ProbeAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var output = "";
        var (code, log) = await RunAsync(options.Ffprobe, arguments, default, Read, cancellation).ConfigureAwait(false);
        return (code, output, log);

        async Task Read(Stream stream)
        {
            using var reader = new StreamReader(stream);
            output = await reader.ReadToEndAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task<(int ExitCode, string Log)> RunAsync(
        string program, IEnumerable<string> arguments, ReadOnlyMemory<byte> input, Func<Stream, Task> read, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            using var process = Start(program, arguments);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(options.Timeout);

            // Ending the process ends every read below, whether the platform can cancel a pending read of a pipe or not.
            using var stop = limit.Token.Register(() => Kill(process));
            try
            {
                var log = process.StandardError.ReadToEndAsync(CancellationToken.None);
                var feed = FeedAsync(process.StandardInput.BaseStream, input);
                await read(process.StandardOutput.BaseStream).ConfigureAwait(false);
                await feed.ConfigureAwait(false);
                var text = await log.ConfigureAwait(false);
                await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                return limit.IsCancellationRequested
                    ? throw new MediaException(MediaStatus.TimedOut, $"was not decoded within {options.Timeout.TotalSeconds:0.##} s")
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
                $"{program}: cannot be started ({error.Message.TrimEnd('.')}), and JPEG, WebP, GIF and videos need it; install ffmpeg 4.4 or later and see that it is on the PATH", error);
        }
    }

    /// <summary>Writes the input. A program that has seen enough closes its end early; that is no failure.</summary>
    private static async Task FeedAsync(Stream stream, ReadOnlyMemory<byte> input)
    {
        try
        {
            await using (stream.ConfigureAwait(false))
            {
                await stream.WriteAsync(input).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // See the summary.
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
