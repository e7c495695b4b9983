using System.Globalization;
using System.Net;
using System.Net.Sockets;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Runs;
using R1Reward.Cli.Tests.Processes;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms.Judged.Consistency;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Serving;

/// <summary>A server of the program that is told to end while it works.</summary>
public sealed class ServeEndTests : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_signal_ends_it_within_the_drain_time_of_the_configuration_and_it_names_whom_it_left()
    {
        var port = FreePort();
        using var program = ProgramRun.Start(
            new RunFolder(_folder.Path), _patience,
            "judge", "serve", "--port", port.ToString(CultureInfo.InvariantCulture), "--latency-ms", "3600000",
            "--set", "r1reward.serve.drain-timeout=200ms", "--set", "r1reward.serve.max-requests=1");
        var endpoint = new Uri($"http://127.0.0.1:{port}/v1");
        await UntilAsync(endpoint, 200);
        using var client = new OpenAiJudgeClient(
            new JudgeOptions { Endpoints = [endpoint], MaxAttempts = 1 }, TimeProvider.System);
        var question = ConsistencyQuestion.FromReply("<think>response 1 is better</think><answer>1</answer>");

        // The one request that may be under way is the question, which a look at the server's health may come before.
        Task<JudgeReply> asking;
        do
        {
            asking = client.AskAsync(ConsistencyPrompt.Render(question));
            await Task.WhenAny(asking, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System));
        }
        while (asking.IsCompleted);

        await UntilAsync(endpoint, 429);
        program.Signal("TERM");
        var ended = await program.EndAsync();

        Assert.Equal(ExitCode.Done, ended.ExitCode);
        Assert.Contains(
            "left unanswered after 0.2 s (--drain-timeout): POST /v1/chat/completions from 127.0.0.1:",
            ended.Error,
            StringComparison.Ordinal);
        Assert.NotNull((await asking).Failure);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task UntilAsync(Uri endpoint, int status)
    {
        using var http = new HttpClient();
        using var giveUp = new CancellationTokenSource(_patience);
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(new Uri(endpoint, "/health"), giveUp.Token);
                if ((int)response.StatusCode == status)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, giveUp.Token);
        }
    }
}
