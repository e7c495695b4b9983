using R1Reward.Data.Judging;
using R1Reward.Data.Prompts;
using R1Reward.Data.Scenes;
using R1Reward.Rewards.Judge.Server;

namespace R1Reward.Rewards.Tests.Judge.Server;

public sealed class RuleTeacherTests
{
    private readonly SceneGenerator _scenes = new(5, new SceneOptions { Noise = 0 });

    public static TheoryData<string> Templates => [.. PromptTemplate.All.Select(template => template.Id)];

    [Theory]
    [MemberData(nameof(Templates))]
    public void Scenes_are_judged_rightly_in_the_words_of_every_built_in_template(string template)
    {
        for (var index = 0; index < 20; index++)
        {
            var pair = _scenes.Pair(SceneSide.Train, index);
            var judgment = JudgmentParser.Parse(RuleTeacher.Judge(PromptTemplate.Get(template).Fill(pair))!);

            Assert.True(judgment.WellFormed && judgment.IsRight(pair.Label));
        }
    }

    [Fact]
    public void A_misjudged_object_makes_some_judgments_wrong()
    {
        var wrong = Enumerable.Range(0, 40).Count(index =>
        {
            var pair = _scenes.Pair(SceneSide.Train, index);
            var judgment = RuleTeacher.Judge(PromptTemplate.Compact.Fill(pair), mistake: index / 40.0)!;
            return !JudgmentParser.Parse(judgment).IsRight(pair.Label);
        });

        Assert.InRange(wrong, 5, 39);
    }

    [Fact]
    public void Prompts_about_anything_else_are_not_judged() =>
        Assert.Null(RuleTeacher.Judge(PromptTemplate.Compact.Fill("2 + 2?", "4", "5")));
}
