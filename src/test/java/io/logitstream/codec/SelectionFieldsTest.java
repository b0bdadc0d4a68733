package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.Selection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records that say which scores they have. */
class SelectionFieldsTest {

    private final JsonScoreDecoder decoder = new JsonScoreDecoder(new DecoderLimits("m", 5));

    private ScoreInput decode(String members) {
        String json = "{\"id\":\"r\"," + members + "}";
        return decoder.decode(Draft.of().raw(Draft.utf8(json)));
    }

    private ScoreRecord good(String members) {
        ScoreInput input = decode(members);
        assertThat(input.fault()).isNull();
        return input.score();
    }

    @Test
    void readsTheBestClasses() {
        ScoreRecord row = good("'classes':[4,0],'scores':[2,1.5]".replace('\'', '"'));
        assertThat(row.scores()).containsExactly(2, 1.5f);
        assertThat(row.selection())
                .isEqualTo(Selection.ofBest(new int[] {4, 0}, Selection.ALL_OTHERS, Double.NaN));
        // In any order, and nothing is left of the record before.
        row = good("\"scores\":[2],\"rest\":3,\"logSumExp\":2.25,\"classes\":[1]");
        assertThat(row.selection()).isEqualTo(Selection.ofBest(new int[] {1}, 3, 2.25));
        assertThat(good("\"scores\":[2,1]").selection()).isNull();
        assertThat(good("\"scores\":[2,1],\"classes\":null,\"rest\":null").selection()).isNull();
    }

    @Test
    void readsClassesDrawnAtRandom() {
        ScoreRecord row =
                good(
                        "\"classes\":[4,4],\"scores\":[2,2],\"labelScore\":-1,\"logExpectedCounts\":[0.5,-1e-3]");
        assertThat(row.selection())
                .isEqualTo(Selection.ofSampled(new int[] {4, 4}, new float[] {0.5f, -1e-3f}, -1));
    }

    /** It is one of the scores, and has to be the same number. */
    @Test
    void roundsTheLabelsScoreOnceLikeTheOthers() {
        String number = "1.00000005960464477539062500000001";
        ScoreRecord row =
                good(
                        "\"classes\":[4,7],\"scores\":[%s,1],\"labelScore\":%s,\"logExpectedCounts\":[0,0]"
                                .formatted(number, number));
        assertThat(row.scores()[0]).isEqualTo(Math.nextUp(1f));
        assertThat(row.selection().labelScore()).isEqualTo(row.scores()[0]);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'classes':[1],'scores':[1,2]|classes has 1 elements, but there are 2 scores",
                "'classes':[1,2.5],'scores':[1,2]|classes[1] must be an integer, not",
                "'classes':[-1],'scores':[1]|classes[0] must be from 0 to 2147483647, not -1",
                "'classes':[1,9999999999],'scores':[1]|classes[1] must be from 0 to 2147483647",
                "'classes':[1,99999999999999999999],'scores':[1]|classes[1] must be from 0 to",
                "'classes':3,'scores':[1]|classes must be an array, not",
                "'classes':[],'scores':[1]|classes has 0 elements, but there are 1 scores",
                "'classes':[0,1,2,3,4,0],'scores':[1]|classes has more elements than the widest",
                "'rest':1,'scores':[1]|rest needs classes beside it",
                "'logSumExp':1,'scores':[1]|logSumExp needs classes beside it",
                "'classes':[1],'scores':[1],'rest':-1|rest must be from 0 to 2147483647, not -1",
                "'classes':[1],'scores':[1],'rest':'1'|rest must be an integer, not",
                "'classes':[1],'scores':[1],'logSumExp':'1'|logSumExp must be a number, not",
                "'classes':[1],'scores':[1],'logSumExp':1e40|logSumExp must be finite and fit",
                "'classes':[1],'scores':[1],'logSumExp':NaN|logSumExp must be finite and fit",
                "'classes':[1],'scores':[1],'labelScore':1|labelScore needs logExpectedCounts beside it",
                "'classes':[1],'scores':[1],'logExpectedCounts':[1]|labelScore is missing",
                "'classes':[1],'scores':[1],'logExpectedCounts':[1,2],'labelScore':0|2 elements",
                "'classes':[1],'scores':[1],'logExpectedCounts':[NaN],'labelScore':0|must be finite",
                "'classes':[1],'scores':[1],'logExpectedCounts':[1],'labelScore':NaN|labelScore must be finite",
                "'classes':[1],'scores':[1],'logExpectedCounts':[1],'labelScore':-Infinity|labelScore must be finite",
                "'classes':[1],'scores':[1],'logExpectedCounts':[1],'labelScore':1e40|labelScore must be finite",
                "'classes':[1],'scores':[1],'logExpectedCounts':['1'],'labelScore':0|logExpectedCounts[0] must be a finite number, not",
                "'classes':[1],'scores':[1],'logExpectedCounts':[1],'labelScore':0,'rest':1|rest does",
                "'classes':[1],'scores':[[1],[2]]|several rows must have all their scores",
                "'classes':[1],'scores':[1],'shard':{'index':0,'count':1,'offset':0,'classes':1}|a shard",
                "'classes':[1],'classes':[1],'scores':[1]|classes is given twice",
            })
    void refuses(String members, String detail) {
        Fault fault = decode(members.replace('\'', '"')).fault();
        assertThat(fault).isNotNull();
        assertThat(fault.reason()).isEqualTo(FaultReason.INVALID_FIELD);
        assertThat(fault.detail()).contains(detail);
    }
}
