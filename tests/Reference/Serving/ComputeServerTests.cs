using System.Collections.Immutable;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Published;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Serving;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.Serving;

/// <summary>
/// /compute from both sides: what the server reads, what the client sends, and how the client takes replies.
/// </summary>
public sealed class ComputeServerTests
{
    [ReferenceTheory("rl-and-rewards", "flow_remote_reward")]
    public async Task The_server_sees_what_the_published_one_sees(string name)
    {
        var (json, tensors) = Load(name);
        var recorder = new Recorder();
        await using var server = await RewardServer.StartAsync(new RewardServerOptions(), recorder);

        foreach (var body in json["bodies"]!)
        {
            Assert.Equal(200, (await PostAsync(server, (JObject)body["request"]!)).Status);
            var items = recorder.Items;
            var seen = (JObject)body["server_sees"]!;
            Assert.Equal(seen["prompt"]!.Select(prompt => (string?)prompt), items.Select(item => item.Prompt));
            Compare("image", items.Where(item => item.Image.Length > 0).Select(item => item.Image));
            Compare("video", items.SelectMany(item => item.Video));
            Compare("condition_images", items.SelectMany(item => item.ConditionImages));
            Compare("condition_videos", items.SelectMany(item => item.ConditionVideos.SelectMany(video => video)));

            void Compare(string field, IEnumerable<ReadOnlyMemory<byte>> files)
            {
                var pictures = files.Select(file => PngPixels.Read(file.Span)).ToList();
                Assert.Equal(Sizes(seen[field]), pictures.Select(picture => (picture.Height, picture.Width)));
                for (var i = 0; i < pictures.Count; i++)
                {
                    Assert.Equal(
                        tensors.Integers($"{body["name"]}.{field}.{i}"), pictures[i].Rgb.Select(value => (long)value));
                }
            }
        }
    }

    [ReferenceTheory("rl-and-rewards", "flow_remote_reward")]
    public async Task The_client_sends_what_the_published_one_sends(string name)
    {
        var (json, _) = Load(name);
        JObject sent = [];
        await using var server = await Scripted(async context =>
        {
            sent = JObject.Parse(await new StreamReader(context.Request.Body).ReadToEndAsync());
            var count = sent["prompt"]!.Count();
            return (200, new JObject { ["rewards"] = new JArray(Enumerable.Repeat(0.5, count)) });
        });
        using var client = Client(server);

        foreach (var body in json["bodies"]!)
        {
            var request = (JObject)body["request"]!.DeepClone();
            await client.ScoreAsync(RewardItems(request));
            request.Remove("extra");
            Assert.True(JToken.DeepEquals(request, sent), $"{body["name"]}: {sent}");
        }
    }

    [ReferenceTheory("rl-and-rewards", "flow_remote_reward")]
    public void Float_pictures_become_bytes_by_cutting_off(string name)
    {
        var (_, tensors) = Load(name);
        foreach (var tensor in tensors.Names.Where(tensor => tensors.Contains(tensor + "_decoded")))
        {
            var shape = tensors.Shape(tensor);
            var picture = PngPixels.Read(RemotePicture.FromUnit(tensors.Floats(tensor), shape[2], shape[1]));
            Assert.Equal(tensors.Integers(tensor + "_decoded"), picture.Rgb.Select(value => (long)value));
        }
    }

    [ReferenceTheory("rl-and-rewards", "flow_remote_reward")]
    public async Task The_client_takes_replies_as_the_published_one(string name)
    {
        var (json, _) = Load(name);
        foreach (var exchange in json["exchanges"]!)
        {
            var replies = new Queue<JToken>(exchange["server_replies"]!);
            var last = replies.Last();
            await using var server = await Scripted(_ =>
            {
                var reply = replies.Count > 0 ? replies.Dequeue() : last;
                return Task.FromResult(((int)reply["status"]!, reply["body"] as JObject ?? []));
            });
            using var client = Client(server);
            var expected = exchange["rewards"] is JArray rewards
                ? rewards.Select(reward => (double)reward).ToArray()
                : null;
            var items = Enumerable.Range(0, expected?.Length ?? 1).Select(
                i => new RemoteItem { Prompt = $"{i}" }).ToList();

            var scores = await client.ScoreAsync(items);

            Assert.Equal((int)exchange["attempts"]!, scores.Attempts);
            Assert.Equal((bool)exchange["error"]!, scores.Failure is not null);
            Assert.Equal(expected ?? [], scores.Rewards.ToArray());
        }
    }

    [ReferenceTheory("rl-and-rewards", "flow_remote_reward")]
    public async Task Health_is_asked_and_told_as_published(string name)
    {
        var (json, _) = Load(name);
        var health = json["health"]!;
        await using var server = await RewardServer.StartAsync(new RewardServerOptions(), new Recorder());
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Parse((string)health["method"]!), new Uri(server.Address, (string)health["path"]!));
        using var response = await http.SendAsync(request);

        Assert.True(JToken.DeepEquals(health["reply"], JObject.Parse(await response.Content.ReadAsStringAsync())));
        using var client = new RemoteRewardClient(
            new RemoteRewardOptions { Url = server.Address, Protocol = RemoteProtocol.Groupwise }, TimeProvider.System);
        Assert.Null(await client.CheckHealthAsync());
    }

    private static (JObject Json, TensorFile Tensors) Load(string name)
    {
        var json = JObject.Parse(File.ReadAllText(Fixtures.Path("rl-and-rewards", name + ".json")));
        return (json, TensorFile.Open(Fixtures.Path("rl-and-rewards", (string)json["tensors"]!)));
    }

    /// <summary>Height and width of every picture at any depth, in order.</summary>
    private static IEnumerable<(int, int)> Sizes(JToken? token) => token switch
    {
        JArray { Count: 2 } size when size[0].Type == JTokenType.Integer => [((int)size[0], (int)size[1])],
        JArray list => list.SelectMany(Sizes),
        _ => [],
    };

    private static List<RemoteItem> RewardItems(JObject request)
    {
        static ReadOnlyMemory<byte> File(JToken text) => Convert.FromBase64String((string)text!);
        static ImmutableArray<ReadOnlyMemory<byte>> Files(JToken? list) =>
            list is JArray files ? [.. files.Select(File)] : [];
        static JToken? At(JToken? list, int i) => (list as JArray)?[i];
        return [.. request["prompt"]!.Select((prompt, i) => new RemoteItem
        {
            Prompt = (string)prompt!,
            Image = At(request["image"], i) is { } image ? File(image) : default,
            Video = Files(At(request["video"], i)),
            ConditionImages = Files(At(request["condition_images"], i)),
            ConditionVideos = At(request["condition_videos"], i) is JArray videos ? [.. videos.Select(Files)] : [],
        })];
    }

    private static RemoteRewardClient Client(WebApplication server)
    {
        var features = server.Services.GetRequiredService<IServer>().Features;
        var address = features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new RemoteRewardClient(
            new RemoteRewardOptions { Url = new Uri(address), Protocol = RemoteProtocol.Pointwise },
            TimeProvider.System);
    }

    private static async Task<WebApplication> Scripted(Func<HttpContext, Task<(int Status, JObject Reply)>> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(async context =>
        {
            var (status, reply) = await answer(context);
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(reply.ToString());
        });
        await app.StartAsync();
        return app;
    }

    private static async Task<(int Status, string Reply)> PostAsync(RewardServer server, JObject body)
    {
        using var http = new HttpClient();
        using var content = new StringContent(body.ToString(), Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(server.Address, "/compute"), content);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private sealed class Recorder : IRemoteReward
    {
        public IReadOnlyList<RemoteItem> Items { get; private set; } = [];

        public Task<RemoteScores> ScoreAsync(
            IReadOnlyList<RemoteItem> items, CancellationToken cancellationToken = default)
        {
            Items = items;
            return Task.FromResult(RemoteScores.From(items.Select(_ => 0.5)));
        }
    }
}
