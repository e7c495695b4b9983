using System.Net;
using Newtonsoft.Json.Linq;
using R1Reward.Cli.Running;
using R1Reward.Cli.Serving;
using R1Reward.Data.Randomness;
using R1Reward.Data.Scenes;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Serving;

/// <summary>Sounds in requests to a model that hears.</summary>
public sealed class GrmSoundsTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly HttpClient _http = new();
    private GrmEngine _engine = null!;
    private GrmServer _server = null!;

    public async Task InitializeAsync()
    {
        _engine = await GrmEngine.StartAsync(
            new JudgeModelOptions(TinyModel.Write(_folder.At("ears"), hears: true), null, "cpu", "float32"));
        _server = await GrmServer.StartAsync(new GrmServerOptions { Model = "ears" }, _engine, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_reply_follows_from_the_sound()
    {
        var (first, again, other, none) = (
            await AskAsync(Sound("a")),
            await AskAsync(Sound("a")),
            await AskAsync(Sound("tone")),
            await AskAsync(null));

        Assert.Equal(LogProb(first), LogProb(again));
        Assert.NotEqual(LogProb(first), LogProb(other));

        // Nine cells of 120 ms are 27 tokens, with one before and one after them.
        Assert.Equal((int)none["usage"]!["prompt_tokens"]! + 29, (int)first["usage"]!["prompt_tokens"]!);
    }

    [Theory]
    [InlineData("""{"data":"AAAA","format":"wav"}""", " cannot be shown: Corrupt")]
    [InlineData("""{"data":"!","format":"wav"}""", " cannot be shown: Unsupported")]
    [InlineData("""{"data":"","format":"wav"}""", " cannot be shown: Corrupt")]
    [InlineData("""{"format":"wav"}""", " must be an object with data")]
    [InlineData("""{"data":"AAAA","rate":8000}""", ".rate is not served")]
    public async Task What_is_no_sound_is_refused(string sound, string reason)
    {
        var (status, reply) = await PostAsync("{\"type\":\"input_audio\",\"input_audio\":" + sound + "},");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(
            "messages[0].content[0].input_audio" + reason,
            (string?)reply["error"]!["message"],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_only_hears_is_shown_no_pictures()
    {
        var picture = Convert.ToBase64String(SceneImage.Noise(3, CounterRandom.For(1, "a")));
        var (status, reply) = await PostAsync(
            "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64," + picture + "\"}},");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("this model does not see", (string?)reply["error"]!["message"], StringComparison.Ordinal);
    }

    private static string Sound(string name) => Convert.ToBase64String(name == "tone"
        ? SceneSound.Play(new Scene(3, [new SceneObject(SceneColour.Red, SceneShape.Circle, new SceneCell(0, 0))]))
        : SceneSound.Noise(3, CounterRandom.For(1, name)));

    private static double LogProb(JObject reply) =>
        (double)reply["choices"]![0]!["logprobs"]!["content"]![0]!["logprob"]!;

    private async Task<JObject> AskAsync(string? sound)
    {
        var (status, reply) = await PostAsync(sound is null
            ? ""
            : "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"" + sound + "\",\"format\":\"wav\"}},");
        Assert.Equal(HttpStatusCode.OK, status);
        return reply;
    }

    private async Task<(HttpStatusCode Status, JObject Reply)> PostAsync(string part)
    {
        using var content = new StringContent(
            "{\"max_tokens\":1,\"temperature\":0,\"logprobs\":true,\"messages\":[{\"role\":\"user\",\"content\":["
            + part + "{\"type\":\"text\",\"text\":\"which response is better?\"}]}]}");
        using var response = await _http.PostAsync(new Uri(_server.Endpoint, "/v1/chat/completions"), content);
        return (response.StatusCode, JObject.Parse(await response.Content.ReadAsStringAsync()));
    }
}
