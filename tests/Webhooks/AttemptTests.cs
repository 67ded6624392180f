using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class AttemptTests
{
    [Theory, EachEngine]
    public async Task Each_attempt_is_kept_with_what_came_back(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = context =>
        {
            context.Response.StatusCode = 500;
            context.Response.Headers["X-Request"] = "42";
            return context.Response.WriteAsync(new string('é', 3_000));
        };
        var subscription = await network.SubscribeAsync(receiver.Url);
        await network.PostAsync();
        await network.StatusAsync(subscription, "failures", 1);
        receiver.Answer = context => context.Response.WriteAsync("thanks");
        await network.AdvanceToNextAttemptAsync(subscription, failures: 1);
        await network.StatusAsync(subscription, "position", 1);

        var attempts = Attempts(await network.ReadAsync(subscription, "attempts"));

        Assert.Equal(2, attempts.Count);
        var (delivered, failed) = (attempts[0], attempts[1]);
        Assert.Equal((200, null, "thanks", 2), ((int)delivered["status"]!, (string?)delivered["failure"], (string?)delivered["answer"], (int)delivered["number"]!));
        Assert.Equal((500, "It answered 500.", 1), ((int)failed["status"]!, (string?)failed["failure"], (int)failed["number"]!));
        // 4,096 bytes of letters that take two each.
        Assert.Equal(new string('é', 2_048), (string?)failed["answer"]);
        Assert.Contains("X-Request: 42\n", (string?)failed["answerHeaders"], StringComparison.Ordinal);
        Assert.Equal((string?)failed["messageId"], (string?)delivered["messageId"]);
        Assert.Single(Attempts(await network.ReadAsync(subscription, "attempts?failed=true")));
        Assert.Equal((string?)failed["id"], (string?)Attempts(await network.ReadAsync(subscription, $"attempts?before={delivered["id"]}")).Single()["id"]);
    }

    [Theory, EachEngine]
    public async Task An_answer_without_end_is_cut_off_and_its_status_counts(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = async context =>
        {
            var some = new byte[8 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(some);
        };
        var subscription = await network.SubscribeAsync(receiver.Url);
        await network.PostAsync();
        await network.StatusAsync(subscription, "position", 1);

        var attempt = Attempts(await network.ReadAsync(subscription, "attempts")).Single();

        Assert.Equal((200, null), ((int)attempt["status"]!, (string?)attempt["failure"]));
        Assert.Equal(Attempt.MostAnswer, ((string?)attempt["answer"])!.Length);
    }

    [Theory, EachEngine]
    public async Task Without_an_answer_there_is_a_reason_and_no_status(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        var subscription = await network.SubscribeAsync("http://127.0.0.1:1/");
        await network.PostAsync();
        await network.StatusAsync(subscription, "failures", 1);

        var attempt = Attempts(await network.ReadAsync(subscription, "attempts")).Single();

        Assert.Null(attempt["status"]);
        Assert.Contains("refused", (string?)attempt["failure"], StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task Attempts_are_kept_for_as_long_as_is_set_and_no_longer(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(receiver.Url);
        await network.PostAsync(3);
        await network.StatusAsync(subscription, "position", 3);
        network.Clock.Jump(TimeSpan.FromDays(20));
        await network.PostAsync();
        await network.StatusAsync(subscription, "position", 4);
        network.Clock.Jump(TimeSpan.FromDays(10) + TimeSpan.FromSeconds(1));

        await network.Services.GetRequiredService<AttemptLog>().PruneAsync(default);

        Assert.Equal(4, (long)Attempts(await network.ReadAsync(subscription, "attempts")).Single()["position"]!);
    }

    [Theory, EachEngine]
    public async Task A_test_event_is_sent_at_once_and_its_outcome_told(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(receiver.Url);
        receiver.Answer = context => Receiver.Status(context, 404);

        var attempt = await network.DoAsync(subscription, "test", new { });

        Assert.Equal(("test", 404, "It answered 404."), ((string?)attempt["type"], (int)attempt["status"]!, (string?)attempt["failure"]));
        var sent = JsonNode.Parse((await receiver.ArrivedAsync(1))[0].Body)!;
        Assert.Equal("test", (string?)sent["type"]);
        // It has no part in the deliveries.
        Assert.Equal(0, (int)(await network.StatusAsync(subscription))["failures"]!);
    }

    [Theory, EachEngine]
    public async Task One_event_is_sent_again_with_its_id_and_is_no_dead_letter_any_more(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = context => Receiver.Status(context, 500);
        var subscription = await network.SubscribeAsync(receiver.Url);
        await network.PostAsync();
        for (var failures = 1; failures < RetrySchedule.Attempts; failures++)
            await network.AdvanceToNextAttemptAsync(subscription, failures);
        await network.StatusAsync(subscription, "deadLetters", 1);
        Assert.Equal(1, (long)(await network.ReadAsync(subscription, "dead-letters"))["deadLetters"]![0]!["position"]!);

        receiver.Answer = context => Receiver.Status(context, 204);
        var attempt = await network.DoAsync(subscription, "resend", new { position = 1 });

        Assert.Equal(204, (int)attempt["status"]!);
        Assert.Single(receiver.Deliveries.Select(delivery => delivery.Id).Distinct());
        Assert.Empty((await network.ReadAsync(subscription, "dead-letters"))["deadLetters"]!.AsArray());
        await network.DoAsync(subscription, "resend", new { position = 2 }, status: 422);
        await network.DoAsync(subscription, "resend", new { position = 0 }, status: 422);
        await network.DoAsync(subscription, "resend", new { }, status: 422);
    }

    private static List<JsonObject> Attempts(JsonObject answer) => [.. answer["attempts"]!.AsArray().Select(attempt => attempt!.AsObject())];
}
