using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using R1Reward.Actors.Bulk;
using R1Reward.Rewards.Http;

namespace R1Reward.Bench.Ways;

/// <summary>A gigabyte of weights from node to node over the loopback, beside a plain copy over HTTP.</summary>
internal static class WeightsCopy
{
    private const int Files = 4;
    private const int FileBytes = 1 << 28;
    private const int Rounds = 3;

    public static async Task MeasureAsync()
    {
        var folder = Directory.CreateTempSubdirectory("r1reward-bench-").FullName;
        try
        {
            await MeasureAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(string folder)
    {
        var weights = Directory.CreateDirectory(Path.Combine(folder, "weights")).FullName;
        var bytes = new byte[FileBytes];
        for (var file = 0; file < Files; file++)
        {
            RandomNumberGenerator.Fill(bytes);
            await File.WriteAllBytesAsync(Path.Combine(weights, $"{file}.safetensors"), bytes);
        }

        await using var near = await BulkHub.StartAsync(Options("near"));
        await using var far = await BulkHub.StartAsync(Options("far"));
        await using var plain = await HttpServer.StartAsync(
            "127.0.0.1:0",
            1024,
            context => context.Response.SendFileAsync(Path.Combine(weights, context.Request.Path.Value![1..])),
            TimeSpan.FromSeconds(30),
            "the plain server");
        using var client = new HttpClient();
        List<double> copies = [];
        List<double> fetches = [];
        for (var round = 0; round < Rounds; round++)
        {
            copies.Add(await SecondsAsync(() => CopyAsync(client, plain.Address, folder)));
            var clock = Stopwatch.StartNew();
            var blob = near.Publish($"weights-{round}", weights);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"digests at the publisher: {clock.Elapsed.TotalSeconds:N2} s"));
            fetches.Add(await SecondsAsync(async () =>
                Directory.Delete(await far.FolderOfAsync(blob, CancellationToken.None), recursive: true)));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"1 GiB, the least of {Rounds}: plain copy {copies.Min():N2} s, with digests {fetches.Min():N2} s, "
            + $"{copies.Min() / fetches.Min():P0} of its rate"));

        BulkOptions Options(string name) => new("127.0.0.1", 0, "", Path.Combine(folder, name));
    }

    private static async Task CopyAsync(HttpClient client, string address, string folder)
    {
        var path = Path.Combine(folder, "copy");
        for (var file = 0; file < Files; file++)
        {
            await using var from = await client.GetStreamAsync($"{address}/{file}.safetensors");
            await using var to = File.Create(path);
            await from.CopyToAsync(to, 1 << 20);
        }

        File.Delete(path);
    }

    private static async Task<double> SecondsAsync(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed.TotalSeconds;
    }
}
