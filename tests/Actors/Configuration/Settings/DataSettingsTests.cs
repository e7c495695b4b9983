using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
using R1Reward.Data.Scenes;

namespace R1Reward.Actors.Tests.Configuration.Settings;

public sealed class DataSettingsTests
{
    [Fact]
    public void A_scene_that_is_shown_has_no_question_before_it()
    {
        Assert.Equal(QuestionPlace.Both, Read().Scenes.Question);
        var mistake = Assert.Throws<UserErrorException>(() => Read("r1reward.data.scenes.as=image"));
        Assert.Contains("r1reward.data.scenes.question = both: write after", mistake.Message);
    }

    private static DataSettings Read(params string[] more)
    {
        string[] written = ["r1reward.data.scenes.question=both", .. more];
        return RunSettings.Read(Configurations.Load(null, written, _ => null).Reader()).Data;
    }
}
