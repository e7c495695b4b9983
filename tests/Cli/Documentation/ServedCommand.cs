using System.CommandLine;

namespace R1Reward.Cli.Tests.Documentation;

/// <summary>A server of the program, in this process, on a free port; stopped when it is disposed.</summary>
internal sealed class ServedCommand : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TextWriter _console = Console.Out;
    private readonly StringWriter _output = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new() { Timeout = Patience };
    private readonly Task<int> _ended;

    private ServedCommand(string[] words)
    {
        var port = Array.IndexOf(words, "--port");
        string[] free = port < 0 ? words : [.. words[..port], .. words[(port + 2)..]];
        Console.SetOut(TextWriter.Synchronized(_output));
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
        _ended = Entry.Root().Parse([.. free, "--port", "0"]).InvokeAsync(configuration, _stop.Token);
    }

    /// <summary>Starts a server and waits until it says where it listens.</summary>
    public static async Task<ServedCommand> StartAsync(string[] words)
    {
        var server = new ServedCommand(words);
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            string said;
            while (!(said = server._output.ToString()).Contains("http", StringComparison.Ordinal))
            {
                Assert.False(server._ended.IsCompleted, "the server ended");
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
            }

            var address = said[said.IndexOf("http", StringComparison.Ordinal)..].Split(' ', '\n')[0];
            server._http.BaseAddress = new Uri(new Uri(address).GetLeftPart(UriPartial.Authority));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gets a path.</summary>
    public async Task<string> GetAsync(string path) => await _http.GetStringAsync(path);

    /// <summary>Does what a curl command does; any status will do, for pages show refusals, too.</summary>
    public async Task<string> CurlAsync(string command)
    {
        var words = DocumentedCommand.Words(command);
        var path = new Uri(words[1]).PathAndQuery;
        var answer = words is [_, _, "-d", var body]
            ? await _http.PostAsync(path, new StringContent(body))
            : await _http.GetAsync(path);
        return (await answer.Content.ReadAsStringAsync()).Trim();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            Assert.Equal(0, await _ended);
        }
        finally
        {
            Console.SetOut(_console);
            _http.Dispose();
            _stop.Dispose();
        }
    }
}
